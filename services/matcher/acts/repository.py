"""SQL of acts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.pagination import PageRequest
from matcher.acts.models import ActRow


def add(session: AsyncSession, act: ActRow) -> None:
    """Add an act; the database has it wait for its place in the chain."""
    session.add(act)


async def listed(session: AsyncSession, noun: str, about: UUID, page: PageRequest) -> Sequence[ActRow]:
    """Newest first, one more than the page holds."""
    rows = select(ActRow).where(ActRow.noun == noun, ActRow.about == about)
    if page.after:
        rows = rows.where(tuple_(ActRow.at, ActRow.id) < page.after)
    return (await session.scalars(rows.order_by(ActRow.at.desc(), ActRow.id.desc()).limit(page.limit + 1))).all()
