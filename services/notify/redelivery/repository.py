"""The look-ups and changes of deliveries that are sent again."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.pagination import PageRequest
from notify.deliveries.filters import RedeliveryFilters
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.rules import DeliveryState


class SettledDelivery(NamedTuple):
    id: UUID
    subscription_id: UUID
    created_at: datetime

    @property
    def key(self) -> tuple[datetime, UUID]:
        return self.created_at, self.id


async def settled(
    session: AsyncSession, subscription_ids: Collection[UUID], wanted: RedeliveryFilters, page: PageRequest
) -> list[SettledDelivery]:
    """Oldest first, locked; one more than the page holds, when there is one."""
    rows = select(Delivery.id, Delivery.subscription_id, Delivery.created_at).where(
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
    if page.after is not None:
        rows = rows.where(tuple_(Delivery.created_at, Delivery.id) > page.after)
    oldest = rows.order_by(Delivery.created_at, Delivery.id).limit(page.limit + 1).with_for_update()
    return [SettledDelivery(*row) for row in await session.execute(oldest)]


async def begin_anew(session: AsyncSession, ids: Collection[UUID], state: DeliveryState, at: datetime) -> None:
    change = {"state": state, "failures_count": 0, "due_at": at, "reason": None, "settled_at": None}
    rows = update(Delivery).where(Delivery.id.in_(ids)).values(change)
    await session.execute(rows, execution_options={"synchronize_session": False})
