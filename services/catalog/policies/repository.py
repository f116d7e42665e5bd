"""Which policies a list shows, and those that demands name."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.policies.filters import PolicyFilters
from catalog.policies.models import SupportPolicy


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, SupportPolicy]:
    """Those that there are."""
    if not ids:
        return {}
    found = await session.scalars(select(SupportPolicy).where(SupportPolicy.id.in_(ids)))
    return {policy.id: policy for policy in found}


def listed(filters: PolicyFilters, track: str | None) -> Iterator[ColumnElement[bool]]:
    """What rows must be.

    track  that of the filters, by its Chinese name
    """
    if filters.state is not None:
        yield SupportPolicy.state == filters.state
    if filters.type is not None:
        yield SupportPolicy.type == filters.type
    if track is not None:
        yield SupportPolicy.tracks.contains([track])
