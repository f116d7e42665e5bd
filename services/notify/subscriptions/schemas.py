"""What callers send and get about subscriptions."""

from collections.abc import Mapping
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from common.errors import FieldFault
from common.fields import Frozen, Moment, YesOrNo
from notify.subscriptions.cadence import USUAL, Cadence
from notify.subscriptions.filters import SubscriptionFilters
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel, SubscriptionState

UrlText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(description="Of a webhook: https, no user name, a public address.", examples=["https://example.com/hook"]),
]


NEEDED: Mapping[Channel, frozenset[str]] = {Channel.NATS: frozenset(), Channel.WEBHOOK: frozenset({"url"})}
"""What has to be said of each channel beside its type."""
OPTIONAL: Mapping[Channel, frozenset[str]] = {}
"""What may be said beside."""


class ChannelIn(Frozen):
    """`nats`: events on `notify.<scheme>.<code>.<topic>`, such as `….match`. `webhook`: signed requests to `url`."""

    type: Channel
    url: UrlText | None = None

    def faults(self) -> list[FieldFault]:
        """What is missing of this channel, and what is of no use to it."""
        needed = NEEDED[self.type]
        allowed = needed | OPTIONAL.get(self.type, frozenset())
        given = {name for name in self.model_fields_set - {"type"} if getattr(self, name) is not None}
        lacking = [_fault(name, f"give this; {self.type} needs it", "该渠道必须填写此项") for name in needed - given]
        no_use = f"remove this; {self.type} has no use for it"
        useless = [_fault(name, no_use, "该渠道不用此项，请删除") for name in given - allowed]
        return sorted(lacking + useless, key=lambda fault: fault.place)


def _fault(name: str, detail: str, detail_zh: str) -> FieldFault:
    return FieldFault(detail, detail_zh, pointer=f"#/channel/{name}")


class SubscriptionIn(Frozen):
    channel: ChannelIn
    filters: SubscriptionFilters = SubscriptionFilters()
    cadence: Cadence = USUAL
    include_standing: YesOrNo = Field(False, description="Tell, once each, of the matches that stand already too.")


class SubscriptionChange(Frozen):
    """What is absent stays as it is; what is given replaces the whole part."""

    channel: ChannelIn | None = None
    filters: SubscriptionFilters | None = None
    cadence: Cadence | None = None


class ChannelOut(Frozen):
    type: Channel
    url: str | None = None
    subject: str | None = Field(None, examples=["notify.uscc.91370200264574251P.match"])


class SubscriptionOut(Frozen):
    id: UUID
    version: int
    channel: ChannelOut
    filters: SubscriptionFilters
    cadence: Cadence
    state: SubscriptionState
    state_reason: str | None = Field(None, description="Why it was disabled.", examples=["gone"])
    is_backfilling: bool = Field(description="Matches that stood before are still being told.")
    secret_before_until: Moment | None = Field(None, description="Until then the replaced secret signs too.")
    created_at: Moment
    changed_at: Moment

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        return cls.model_validate(_shown(subscription))


class SubscriptionCreated(SubscriptionOut):
    """`secret` is in the first reply only; a repeat with the same Idempotency-Key does not show it."""

    secret: str | None = Field(None, description="Signs this webhook's requests.", examples=["whsec_…"])


class SecretOut(Frozen):
    """`secret` is in the first reply only; a repeat with the same Idempotency-Key does not show it."""

    secret: str | None = Field(None, description="The new secret.", examples=["whsec_…"])
    secret_before_until: Moment = Field(description="Until then requests carry a signature of each secret.")

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        return cls.model_validate({"secret_before_until": subscription.secret_before_until})


class EndingOut(Frozen):
    is_subscribed: bool = Field(description="False once the subscription is disabled or gone.")


def _shown(subscription: Subscription) -> dict[str, object]:
    organisation = subscription.organisation
    is_webhook = subscription.channel is Channel.WEBHOOK
    subject = None if is_webhook else f"notify.{organisation.scheme}.{organisation.code}.match"
    return {
        "id": subscription.id,
        "version": subscription.version,
        "channel": ChannelOut(type=subscription.channel, url=subscription.url, subject=subject),
        "filters": subscription.wishes,
        "cadence": subscription.timing,
        "state": subscription.state,
        "state_reason": subscription.state_reason,
        "is_backfilling": subscription.backfill_after is not None,
        "secret_before_until": subscription.secret_before_until,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
    }
