"""Which milestones a list shows, and how many of a project are not assessed yet."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.milestones.filters import MilestoneFilters
from catalog.milestones.models import Milestone
from catalog.milestones.rules import SCHEDULED


def listed(filters: MilestoneFilters) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.model_dump(exclude_none=True).items():
        yield getattr(Milestone, name) == value


async def scheduled_count(session: AsyncSession, project_id: UUID) -> int:
    wanted = select(func.count()).where(Milestone.project_id == project_id, Milestone.state == SCHEDULED)
    return (await session.scalar(wanted)) or 0
