"""Which presentations a list shows, and which stand at a roadshow."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.presentations.filters import PresentationFilters
from catalog.presentations.models import Presentation
from catalog.presentations.rules import BOOKED, WITHDRAWN


def listed(filters: PresentationFilters, track: str | None) -> Iterator[ColumnElement[bool]]:
    """track  that of the filters, by its Chinese name"""
    for name, value in filters.model_dump(exclude_none=True, exclude={"track"}).items():
        yield getattr(Presentation, name) == value
    if track is not None:
        yield Presentation.track == track


async def standing(session: AsyncSession, roadshow_id: UUID, demand_id: UUID) -> UUID | None:
    """The presentation of a demand at a roadshow that was not withdrawn."""
    same = (Presentation.roadshow_id == roadshow_id, Presentation.demand_id == demand_id)
    wanted = select(Presentation.id).where(*same, Presentation.state != WITHDRAWN)
    return (await session.scalars(wanted)).first()


async def waiting_count(session: AsyncSession, roadshow_id: UUID) -> int:
    """How many of a roadshow have no outcome yet."""
    wanted = select(func.count()).where(Presentation.roadshow_id == roadshow_id, Presentation.state == BOOKED)
    return (await session.scalar(wanted)) or 0
