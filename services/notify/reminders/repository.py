"""The look-ups of demands that somebody may have to be reminded of."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.forgetting import forget_some
from notify.reminders.models import KnownDemand


async def locked(session: AsyncSession, demand_id: UUID) -> KnownDemand | None:
    return await session.get(KnownDemand, demand_id, with_for_update=True, populate_existing=True)


async def held(session: AsyncSession, demand_id: UUID, at: datetime) -> KnownDemand:
    """The row of a demand, one without a version yet where there was none; nobody else has it before the transaction
    ends."""
    fresh = {"demand_id": demand_id, "version": 0, "heard_at": at}
    await session.execute(insert(KnownDemand).values(fresh).on_conflict_do_nothing())
    found = await locked(session, demand_id)
    assert found is not None, "it was just made"
    return found


async def forget(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Drop demands that take no more answers and were not heard of since."""
    those = and_(KnownDemand.demand.is_(None), KnownDemand.heard_at < before)
    return await forget_some(session, KnownDemand, those, limit)


async def every(session: AsyncSession, demand_ids: Collection[UUID]) -> dict[UUID, KnownDemand]:
    rows = select(KnownDemand).where(KnownDemand.demand_id.in_(demand_ids))
    return {row.demand_id: row for row in await session.scalars(rows)}
