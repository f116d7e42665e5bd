"""Which procurement records a list shows, and whether a demand may be named in one."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands.models import Demand
from catalog.fields import key_of
from catalog.procurements.filters import ProcurementFilters
from catalog.procurements.models import ProcurementRecord
from catalog.procurements.rules import quarters


def listed(filters: ProcurementFilters) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    if filters.state is not None:
        yield ProcurementRecord.state == filters.state
    if filters.period is not None:
        yield ProcurementRecord.period.in_(quarters(filters.period))
    if filters.category is not None:
        yield ProcurementRecord.category == filters.category
    if filters.trait is not None:
        yield ProcurementRecord.traits.contains([filters.trait])
    if filters.owner is not None:
        yield ProcurementRecord.owned_by(key_of(filters.owner))


async def is_public_demand(session: AsyncSession, demand_id: UUID) -> bool:
    wanted = exists().where(Demand.id == demand_id, Demand.published_at.is_not(None))
    return bool(await session.scalar(select(wanted)))
