"""Reads and writes justifications."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.fairness.models import FairnessJustification


def add(session: AsyncSession, row: FairnessJustification) -> None:
    session.add(row)


async def replace(session: AsyncSession, demand_id: UUID, row: Mapping[str, Any]) -> bool:
    """Whether the person that the row names had justified the very passage before, which it now replaces."""
    same = (FairnessJustification.rule, FairnessJustification.passage, FairnessJustification.justified_by)
    of_it = [column == row[column.key] for column in same]
    changed = (
        update(FairnessJustification)
        .where(FairnessJustification.demand_id == demand_id, *of_it)
        .values(row)
        .returning(FairnessJustification.id)
    )
    return bool((await session.scalars(changed)).all())


async def of_demand(session: AsyncSession, demand_id: UUID) -> Sequence[FairnessJustification]:
    """Oldest first."""
    rows = select(FairnessJustification).where(FairnessJustification.demand_id == demand_id)
    return (await session.scalars(rows.order_by(FairnessJustification.at, FairnessJustification.id))).all()
