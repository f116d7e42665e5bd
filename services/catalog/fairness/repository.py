"""Reads and writes justifications."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands.models import Demand
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


async def text_length(session: AsyncSession, demand_id: UUID) -> int:
    """About as many characters as the check reads of a demand, 0 where there is none."""
    texts = (Demand.title, Demand.need, cast(Demand.clauses, Text), func.coalesce(Demand.docking, ""))
    total = func.char_length(func.concat(*texts))
    return await session.scalar(select(total).where(Demand.id == demand_id)) or 0


async def of_demand(session: AsyncSession, demand_id: UUID) -> Sequence[FairnessJustification]:
    """Oldest first."""
    rows = select(FairnessJustification).where(FairnessJustification.demand_id == demand_id)
    return (await session.scalars(rows.order_by(FairnessJustification.at, FairnessJustification.id))).all()
