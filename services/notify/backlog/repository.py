"""What waits to be sent and what fails, for whoever looks after the service."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from notify.deliveries.models import Attempt, Delivery
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel

FAILING_FROM = 3
"""Failures of one delivery from which its webhook counts as failing: a restart of the receiver makes fewer."""


@dataclass(frozen=True)
class Backlog:
    """Deliveries of a channel that are not settled, those that wait for a digest among them.

    made_at    when the oldest was made that is to be tried; None where all wait for a digest
    due_since  since when the one that is due longest waits for a try, or for its digest; None when none is due
    """

    channel: Channel
    count: int
    made_at: datetime | None
    due_since: datetime | None


async def backlogs(session: AsyncSession, at: datetime) -> list[Backlog]:
    """Of each channel that has any; those on their way now are not counted as due."""
    is_due = and_(Delivery.due_at <= at, or_(Delivery.leased_until.is_(None), Delivery.leased_until <= at))
    made_at = func.min(Delivery.created_at).filter(Delivery.state == DeliveryState.PENDING)
    figures = (func.count(), made_at, func.min(Delivery.due_at).filter(is_due))
    rows = select(Delivery.channel, *figures).where(
        Delivery.state.in_((DeliveryState.PENDING, DeliveryState.COLLECTED))
    )
    return [Backlog(*row) for row in await session.execute(rows.group_by(Delivery.channel))]


async def failing_webhook_count(session: AsyncSession) -> int:
    """Subscriptions with a pending delivery that failed FAILING_FROM times or more."""
    failing = select(func.count(Delivery.subscription_id.distinct())).where(
        Delivery.state == DeliveryState.PENDING,
        Delivery.channel == Channel.WEBHOOK,
        Delivery.failures_count >= FAILING_FROM,
    )
    return (await session.scalars(failing)).one()


async def failing_hosts(session: AsyncSession, *, limit: int = 5) -> list[tuple[str, int, str]]:
    """Hosts with the most deliveries that failed FAILING_FROM times or more: host, how many, a last reason."""
    failing = (
        select(Subscription.host, func.count(), func.max(Delivery.reason))
        .join(Subscription, Subscription.id == Delivery.subscription_id)
        .where(
            Delivery.state == DeliveryState.PENDING,
            Delivery.channel == Channel.WEBHOOK,
            Delivery.failures_count >= FAILING_FROM,
        )
    )
    rows = failing.group_by(Subscription.host).order_by(func.count().desc()).limit(limit)
    return [(host or "", count, reason or "") for host, count, reason in await session.execute(rows)]


@dataclass(frozen=True)
class Performance:
    """How attempts of a channel went: how many, how many were taken, and the milliseconds that half and 95 of 100 took
    at most."""

    channel: Channel
    attempts_count: int
    sent_count: int
    half_ms: float
    most_ms: float


async def performance(session: AsyncSession, since: datetime) -> list[Performance]:
    """Of each channel with an attempt since a moment."""
    sent_count = func.count().filter(Attempt.outcome == AttemptOutcome.SENT)
    took = [func.percentile_cont(share).within_group(Attempt.took_ms) for share in (0.5, 0.95)]
    rows = (
        select(Delivery.channel, func.count(), sent_count, *took)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Attempt.at >= since)
        .group_by(Delivery.channel)
        .order_by(Delivery.channel)
    )
    return [Performance(*row) for row in await session.execute(rows)]
