"""Reads and writes justifications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.fairness.models import FairnessJustification


def add(session: AsyncSession, row: FairnessJustification) -> None:
    session.add(row)


async def of_demand(session: AsyncSession, demand_id: UUID) -> Sequence[FairnessJustification]:
    """Oldest first."""
    rows = select(FairnessJustification).where(FairnessJustification.demand_id == demand_id)
    return (await session.scalars(rows.order_by(FairnessJustification.at, FairnessJustification.id))).all()
