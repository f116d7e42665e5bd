"""What callers send and get about subscriptions."""

from collections.abc import Mapping
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from common.errors import FieldFault
from common.fields import Frozen, Language, Moment, YesOrNo
from notify.subscriptions.cadence import USUAL, Cadence
from notify.subscriptions.filters import SubscriptionFilters
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel, SubscriptionState

UrlText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(
        description="Of a webhook: https, no user name, a public address. Of a robot: as its group shows it.",
        examples=["https://example.com/hook"],
    ),
]


NEEDED: Mapping[Channel, frozenset[str]] = {
    Channel.WEBHOOK: frozenset({"url"}),
    Channel.DINGTALK: frozenset({"url"}),
    Channel.WECOM: frozenset({"url"}),
    Channel.FEISHU: frozenset({"url"}),
    Channel.EMAIL: frozenset({"address"}),
}
"""What has to be said of a channel beside its type."""
OPTIONAL: Mapping[Channel, frozenset[str]] = {
    Channel.WEBHOOK: frozenset({"is_ordered"}),
    Channel.DINGTALK: frozenset({"secret", "language"}),
    Channel.WECOM: frozenset({"language"}),
    Channel.FEISHU: frozenset({"secret", "language"}),
    Channel.EMAIL: frozenset({"language"}),
}
"""What may be said beside."""


class ChannelIn(Frozen):
    """`nats`: events on `notify.<scheme>.<code>.<topic>`, such as `….match`. `webhook`: signed requests to `url`.
    `dingtalk`, `wecom`, `feishu`: messages by a robot of a group. `email`: mails to `address`, once whoever reads it
    has confirmed it. `browser`: the organisation's inbox, at `/v1/deliveries/stream`."""

    type: Channel
    url: UrlText | None = None
    secret: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=200),
        Field(description="Of a robot whose security setting is a signature; kept sealed, shown to nobody."),
    ] = None
    address: Annotated[
        str | None, StringConstraints(min_length=3, max_length=254), Field(examples=["someone@example.com"])
    ] = None
    language: Language | None = Field(None, description="Of what a person reads; Chinese unless said otherwise.")
    is_ordered: YesOrNo | None = Field(
        None,
        description="Of a webhook: what is about one demand is sent in its order; while one is tried again, the next "
        "waits, for a day at most.",
    )

    def faults(self) -> list[FieldFault]:
        """What is missing of this channel, and what is of no use to it."""
        needed = NEEDED.get(self.type, frozenset())
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
    url: str | None = Field(None, description="Of a robot without its token, but for the last characters.")
    subject: str | None = Field(None, examples=["notify.uscc.91370200264574251P.match"])
    address: str | None = None
    language: Language | None = None
    is_ordered: bool | None = Field(None, description="Of a webhook: what is about one demand is sent in its order.")
    is_signed: bool | None = Field(None, description="Of a robot: whether a secret signs what it is sent.")


class SubscriptionOut(Frozen):
    id: UUID
    version: int
    channel: ChannelOut
    filters: SubscriptionFilters
    cadence: Cadence
    state: SubscriptionState
    state_reason: str | None = Field(
        None, description="Why it was paused or disabled.", examples=["gone", "endpoint_failing"]
    )
    failing_since: Moment | None = Field(None, description="Of a webhook: since when nothing was taken there.")
    failures_count: int = Field(0, description="Attempts that failed since then, of whichever delivery.")
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


class ConfirmationOut(Frozen):
    is_confirmed: bool


class EndingOut(Frozen):
    is_subscribed: bool = Field(description="False once the subscription is disabled or gone.")


def _shown(subscription: Subscription) -> dict[str, object]:
    return {
        "id": subscription.id,
        "version": subscription.version,
        "channel": _channel(subscription),
        "filters": subscription.wishes,
        "cadence": subscription.timing,
        "state": subscription.state,
        "state_reason": subscription.state_reason,
        "failing_since": subscription.failing_since,
        "failures_count": subscription.failures_count or 0,
        "is_backfilling": subscription.backfill_after is not None,
        "secret_before_until": subscription.secret_before_until,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
    }


def _channel(subscription: Subscription) -> ChannelOut:
    kind, organisation, url = subscription.channel, subscription.organisation, subscription.url
    is_mail = kind is Channel.EMAIL
    return ChannelOut(
        type=kind,
        url=None if is_mail else url,
        subject=f"notify.{organisation.scheme}.{organisation.code}.match" if kind is Channel.NATS else None,
        address=(url or "").removeprefix("mailto:") if is_mail else None,
        language=subscription.language,
        is_ordered=subscription.is_ordered if kind is Channel.WEBHOOK else None,
        is_signed=subscription.sealed_secret is not None if subscription.sealed_token else None,
    )
