"""What callers get about deliveries."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import Field, JsonValue

from common.contracts.catalog import FieldChange
from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import (
    DemandNotified,
    DigestItem,
    DigestNotified,
    DigestReason,
    DockingNotified,
    EndpointChallenged,
    InterestNotified,
    MandateNotified,
    MatchNotified,
    Notified,
    ObjectionNotified,
    SolicitationNotified,
    StepNotified,
)
from common.fields import Frozen, Moment
from notify.attempts.repository import FoundAttempt
from notify.deliveries.models import Attempt, Delivery
from notify.deliveries.news import CONFIRMATION, DIGEST_NEWS, NOTICES, TOPICS
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.rules import Channel, Topic

MOST_CHANGES, LONGEST_CHANGE, LONGEST_LINE = 5, 100, 300
"""In a digest: changes of an amendment that are shown, characters of a text among them, and of a title. A hundred
pieces of news stay well below the megabyte that the broker takes."""


class AttemptOut(Frozen):
    outcome: AttemptOutcome
    status: int | None = Field(description="HTTP status or SMTP reply code, when there was an answer.")
    reason: str | None = Field(
        description="What the answer means, or why there was none.", examples=["timed_out", "signature_wrong"]
    )
    answer: str | None = Field(description="How the receiver's answer begins: its first kilobyte.")
    took_ms: int
    at: Moment


class FoundAttemptOut(AttemptOut):
    """An attempt, and whose it is."""

    id: UUID
    delivery_id: UUID
    subscription_id: UUID
    channel: Channel

    @classmethod
    def of(cls, found: FoundAttempt) -> Self:
        delivery = found.delivery
        plain = AttemptOut.model_validate(found.attempt).model_dump()
        whose = {"subscription_id": delivery.subscription_id, "channel": delivery.channel}
        return cls(**plain, id=found.attempt.id, delivery_id=delivery.id, **whose)


class RedeliveredOut(Frozen):
    count: int = Field(description="Deliveries that are sent again.")
    cursor: str | None = Field(description="With it the next request goes on where more pass; null when none do.")


class DeliveryOut(Frozen):
    """`id` is the event's id and the webhook's `webhook-id`, the same at every attempt."""

    id: UUID
    subscription_id: UUID
    channel: Channel
    match_id: UUID | None = Field(description="Null for news that is of no match.")
    match_version: int | None = Field(description="Null for news.")
    news_type: str | None = Field(description="Null for a match.", examples=["matcher.docking.opened"])
    place: int | None = Field(description="Its number in the organisation's inbox; null in any other channel.")
    state: DeliveryState
    reason: str | None = Field(
        description="Of the last failure, or why it was abandoned.",
        examples=["http_500", "timed_out", "gone", "lapsed_before_digest"],
    )
    digest_id: UUID | None = Field(description="The delivery that tells of it, where it was gathered with others.")
    failures_count: int = Field(description="In the present series of attempts.")
    due_at: Moment | None = Field(description="When it is tried, or told in a digest, next.")
    created_at: Moment
    settled_at: Moment | None


class DeliveryDetail(DeliveryOut):
    match: MatchSnapshot | None
    news: dict[str, Any] | None = Field(description="The data of the event that `news_type` names.")
    attempts: tuple[AttemptOut, ...] = Field(description="Oldest first.")

    @classmethod
    def of(cls, delivery: Delivery, attempts: Sequence[Attempt]) -> Self:
        plain = DeliveryOut.model_validate(delivery).model_dump()
        shown = [AttemptOut.model_validate(attempt) for attempt in attempts]
        match = None if delivery.match is None else delivery.snapshot
        return cls(**plain, match=match, news=delivery.news, attempts=tuple(shown))


def notification_of(delivery: Delivery) -> Notified:
    """What the organisation is told, whatever carries it."""
    to = {
        "delivery_id": delivery.id,
        "subscription_id": delivery.subscription_id,
        "recipient": delivery.organisation,
    }
    if delivery.news_type is None:
        return MatchNotified(match=delivery.snapshot, **to)
    if delivery.news_type == DIGEST_NEWS:
        return DigestNotified.read({**(delivery.news or {}), **to})
    if delivery.news_type == CONFIRMATION:
        return EndpointChallenged.read({**(delivery.news or {}), **to})
    kind = NOTICES[TOPICS[delivery.news_type]]
    return kind.read({"news": delivery.news_type, **(delivery.news or {}), **to})


def digest_of(deliveries: Sequence[Delivery], *, more_count: int, is_over_cap: bool) -> dict[str, Any]:
    """What a digest tells of these, in their order, and that there are more."""
    items = [item_of(each).model_dump(mode="json", exclude_none=True) for each in deliveries]
    reason = DigestReason.MONTHLY_CAP if is_over_cap else DigestReason.CADENCE
    return {"reason": reason, "items": items, "more_count": more_count}


def item_of(delivery: Delivery) -> DigestItem:
    told = notification_of(delivery)
    topic = Topic.MATCH if delivery.news_type is None else TOPICS[delivery.news_type]
    named = {"delivery_id": delivery.id, "topic": topic, "news": delivery.news_type, "at": delivery.created_at}
    said = {name: _cut(value, LONGEST_LINE) for name, value in _said(told).items()}
    return DigestItem.model_validate({**named, "about": told.about(), **said})


def _cut(value: Any, longest: int) -> Any:
    return f"{value[: longest - 1]}…" if isinstance(value, str) and len(value) > longest else value


def _shortened(change: FieldChange) -> FieldChange:
    values = {name: _short(getattr(change, name)) for name in ("before", "after")}
    return change.model_copy(update=values)


def _short(value: JsonValue) -> JsonValue:
    """A text is cut; of a list or an object, which may be as long, that it is one is said."""
    if isinstance(value, list | dict):
        return "…"
    short: JsonValue = _cut(value, LONGEST_CHANGE)
    return short


def _said(told: Notified) -> dict[str, object]:
    match told:
        case MatchNotified():
            match = told.match
            figures = {"fit": match.fit, "band": match.band, "is_current": match.is_current, "summary": match.summary}
            return {"title": match.demand_title, "headline": match.profile_headline, **figures}
        case InterestNotified():
            return {"title": told.interest.demand_title, "headline": told.interest.profile_headline}
        case DockingNotified():
            return {"title": told.docking.demand_title, "headline": told.docking.profile_headline}
        case DemandNotified():
            title = told.question.text if told.question else told.demand.title if told.demand else ""
            return {
                "title": title,
                "changes": tuple(map(_shortened, told.changes[:MOST_CHANGES])),
                "closes_at": _closing(told),
            }
        case SolicitationNotified():
            return {"title": told.solicitation.title if told.solicitation else ""}
        case MandateNotified():
            return {"title": f"{told.mandate.giver_name} → {told.mandate.broker_name}"}
        case ObjectionNotified():
            return {"title": f"{told.objection.subject} {told.objection.state}"}
        case StepNotified():
            return {"title": f"{told.step.noun} {told.step.action}"}
    return {}


def _closing(told: DemandNotified) -> Moment | None:
    return told.demand.closes_at if told.demand else None
