"""Which roadshows a list shows, and who has which slot."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.roadshows.filters import RoadshowFilters
from catalog.roadshows.models import Roadshow, RoadshowSlot


def listed(filters: RoadshowFilters) -> Iterator[ColumnElement[bool]]:
    if filters.state is not None:
        yield Roadshow.state == filters.state


async def add_slots(session: AsyncSession, roadshow_id: UUID, starts: Sequence[datetime]) -> None:
    """One for each start, from place 1 on."""
    await session.flush()
    rows = [
        {"roadshow_id": roadshow_id, "place": place, "starts_at": start} for place, start in enumerate(starts, start=1)
    ]
    await session.execute(insert(RoadshowSlot), rows)


async def slots(session: AsyncSession, roadshow_id: UUID) -> Sequence[RoadshowSlot]:
    wanted = select(RoadshowSlot).where(RoadshowSlot.roadshow_id == roadshow_id).order_by(RoadshowSlot.place)
    return (await session.scalars(wanted)).all()


async def sharing(session: AsyncSession, roadshow_id: UUID) -> Roadshow | None:
    """A roadshow that takes no step before this transaction ends; others may take slots of it meanwhile."""
    wanted = select(Roadshow).where(Roadshow.id == roadshow_id).with_for_update(read=True, of=Roadshow)
    return (await session.scalars(wanted)).one_or_none()


async def take_slot(session: AsyncSession, roadshow_id: UUID, place: int, presentation_id: UUID) -> bool:
    """Whether it was free, or became so while another transaction held it."""
    await session.flush()
    free = update(RoadshowSlot).where(
        RoadshowSlot.roadshow_id == roadshow_id, RoadshowSlot.place == place, RoadshowSlot.presentation_id.is_(None)
    )
    taken = free.values(presentation_id=presentation_id).returning(RoadshowSlot.place)
    return (await session.execute(taken)).one_or_none() is not None


async def free_slot(session: AsyncSession, presentation_id: UUID) -> None:
    held = update(RoadshowSlot).where(RoadshowSlot.presentation_id == presentation_id)
    await session.execute(held.values(presentation_id=None))


async def free_places(session: AsyncSession, roadshow_id: UUID) -> Sequence[int]:
    free = (RoadshowSlot.roadshow_id == roadshow_id, RoadshowSlot.presentation_id.is_(None))
    return (await session.scalars(select(RoadshowSlot.place).where(*free).order_by(RoadshowSlot.place))).all()
