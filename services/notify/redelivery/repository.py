"""The look-ups and changes of deliveries that are sent again."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notify.deliveries.filters import RedeliveryFilters
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.rules import DeliveryState


class SettledDelivery(NamedTuple):
    id: UUID
    subscription_id: UUID


async def settled(
    session: AsyncSession, subscription_ids: Collection[UUID], wanted: RedeliveryFilters, *, limit: int
) -> list[SettledDelivery]:
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
    oldest = rows.order_by(Delivery.created_at, Delivery.id).limit(limit).with_for_update()
    return [SettledDelivery(*row) for row in await session.execute(oldest)]


async def begin_anew(session: AsyncSession, ids: Collection[UUID], state: DeliveryState, at: datetime) -> None:
    change = {"state": state, "failures_count": 0, "due_at": at, "reason": None, "settled_at": None}
    rows = update(Delivery).where(Delivery.id.in_(ids)).values(change)
    await session.execute(rows, execution_options={"synchronize_session": False})
