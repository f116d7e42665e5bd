"""What callers get about deliveries."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import MatchNotified, Notified
from common.fields import Frozen, Moment
from notify.deliveries.models import Attempt, Delivery
from notify.deliveries.news import KINDS, NOTICES
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.rules import Channel


class AttemptOut(Frozen):
    outcome: AttemptOutcome
    status: int | None = Field(description="HTTP status, when there was an answer.")
    reason: str | None = Field(description="Why there was no answer.", examples=["timed_out"])
    took_ms: int
    at: Moment


class DeliveryOut(Frozen):
    """`id` is the event's id and the webhook's `webhook-id`, the same at every attempt."""

    id: UUID
    subscription_id: UUID
    channel: Channel
    match_id: UUID | None = Field(description="Null for news that is of no match.")
    match_version: int | None = Field(description="Null for news.")
    news_type: str | None = Field(description="Null for a match.", examples=["matcher.docking.opened"])
    state: DeliveryState
    reason: str | None = Field(
        description="Of the last failure, or why it was abandoned.", examples=["http_500", "timed_out", "gone"]
    )
    failures_count: int = Field(description="In the present series of attempts.")
    due_at: Moment | None = Field(description="When it is tried next.")
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
    kind = NOTICES[KINDS[delivery.news_type].topic]
    return kind.read({"news": delivery.news_type, **(delivery.news or {}), **to})
