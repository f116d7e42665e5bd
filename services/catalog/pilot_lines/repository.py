"""Which pilot lines a list shows, and which units are taken when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.pilot_lines.filters import PilotLineFilters
from catalog.pilot_lines.models import PilotLine, PilotOccupation, PilotUnit
from catalog.pilot_lines.rules import Days

_A_DAY = timedelta(days=1)


class WantedUnit(NamedTuple):
    """A booking that would take a unit of a line for some days."""

    line_id: UUID
    booking_id: UUID
    days: Days

    @property
    def period(self) -> Range:  # type: ignore[type-arg]  # of dates
        return Range(self.days.first, self.days.last + _A_DAY)


def listed(filters: PilotLineFilters) -> Iterator[ColumnElement[bool]]:
    if filters.state is not None:
        yield PilotLine.state == filters.state
    if filters.field is not None:
        yield PilotLine.field == filters.field


async def add_units(session: AsyncSession, line_id: UUID, capacity: int) -> None:
    await session.flush()
    await session.execute(insert(PilotUnit), [{"line_id": line_id}] * capacity)


async def occupy(session: AsyncSession, wanted: WantedUnit) -> bool:
    """Take a unit; whether one was free, or became so while another transaction held it."""
    await session.flush()
    overlaps = and_(PilotOccupation.unit_id == PilotUnit.id, PilotOccupation.period.overlaps(wanted.period))
    free = select(PilotUnit.id).where(PilotUnit.line_id == wanted.line_id, ~exists().where(overlaps))
    for unit_id in (await session.scalars(free.order_by(PilotUnit.id))).all():
        row = insert_unless(PilotOccupation).values(booking_id=wanted.booking_id, unit_id=unit_id, period=wanted.period)
        # Of two who take one at once, the second waits here for the first to commit, and inserts nothing.
        taken = row.on_conflict_do_nothing().returning(PilotOccupation.unit_id)
        if (await session.execute(taken)).one_or_none() is not None:
            return True
    return False


async def vacate(session: AsyncSession, booking_id: UUID) -> None:
    await session.execute(delete(PilotOccupation).where(PilotOccupation.booking_id == booking_id))


async def taken_days(session: AsyncSession, line_id: UUID) -> dict[int, list[Days]]:
    """By unit of a line, when it is taken; a free unit has no days."""
    bounds = (func.lower(PilotOccupation.period), func.upper(PilotOccupation.period))
    joined = select(PilotUnit.id, *bounds).outerjoin(PilotOccupation, PilotOccupation.unit_id == PilotUnit.id)
    found: dict[int, list[Days]] = {}
    for unit_id, first, beyond in await session.execute(joined.where(PilotUnit.line_id == line_id)):
        days = found.setdefault(unit_id, [])
        if first is not None:
            days.append(Days(first, beyond - _A_DAY))
    return found
