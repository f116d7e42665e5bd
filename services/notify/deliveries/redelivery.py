"""Sending again what was settled: many deliveries that have something in common."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from notify.deliveries import repository
from notify.deliveries.beginning import STANDING_STILL
from notify.deliveries.filters import RedeliveryFilters
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.rules import LIFE, DeliveryAction, DeliveryState
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import Channel

MOST_AT_ONCE = 1000
"""Deliveries that one request sends again; more are left to the next."""
KEPT_ELSEWHERE = frozenset({Channel.NATS, Channel.BROWSER})
"""Channels whose deliveries can be read again where they are kept."""


class Redelivered(NamedTuple):
    sent_count: int
    is_more: bool


async def redeliver_many(
    session: AsyncSession, organisation: OrganisationKey, wanted: RedeliveryFilters, at: datetime
) -> Redelivered:
    """Begin a new series of attempts for what was settled and passes, the oldest first and MOST_AT_ONCE at most. Of
    subscriptions that are disabled or gone nothing is sent; of those that stand still it is held."""
    # Held in one order, so that none of them is paused or disabled before the end.
    listening = await subscriptions.listening(session, {organisation})
    waiting = {each.id for each in listening if each.state in STANDING_STILL}
    sending = {each.id for each in listening if each.channel not in KEPT_ELSEWHERE}
    found = await _found(session, sending, wanted)
    now, later = (
        [each.id for each in found[:MOST_AT_ONCE] if (each.subscription_id in waiting) is is_held]
        for is_held in (False, True)
    )
    await _begin_anew(session, now, LIFE.after(DeliveryAction.REDELIVER), at)
    await _begin_anew(session, later, LIFE.after(DeliveryAction.HOLD), at)
    await repository.wake(session)
    return Redelivered(min(len(found), MOST_AT_ONCE), len(found) > MOST_AT_ONCE)


class _Settled(NamedTuple):
    id: UUID
    subscription_id: UUID


async def _found(
    session: AsyncSession, subscription_ids: Collection[UUID], wanted: RedeliveryFilters
) -> list[_Settled]:
    rows = select(Delivery.id, Delivery.subscription_id).where(
        Delivery.subscription_id.in_(subscription_ids),
        Delivery.state == DeliveryState(wanted.state),
        Delivery.news_type.is_distinct_from(CONFIRMATION),
        Delivery.created_at >= wanted.since,
    )
    if wanted.until is not None:
        rows = rows.where(Delivery.created_at < wanted.until)
    if wanted.subscription_id is not None:
        rows = rows.where(Delivery.subscription_id == wanted.subscription_id)
    if wanted.news_type is not None:
        is_match = wanted.news_type == "match"
        rows = rows.where(Delivery.news_type.is_(None) if is_match else Delivery.news_type == wanted.news_type)
    oldest = rows.order_by(Delivery.created_at, Delivery.id).limit(MOST_AT_ONCE + 1).with_for_update()
    return [_Settled(*row) for row in await session.execute(oldest)]


async def _begin_anew(session: AsyncSession, ids: Collection[UUID], state: DeliveryState, at: datetime) -> None:
    change = {"state": state, "failures_count": 0, "due_at": at, "reason": None, "settled_at": None}
    rows = update(Delivery).where(Delivery.id.in_(ids)).values(change)
    await session.execute(rows, execution_options={"synchronize_session": False})
