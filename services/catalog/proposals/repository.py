"""Reads proposals."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.proposals.filters import ProposalFilters
from catalog.proposals.models import ListProposal
from common.auth import Principal
from common.contracts.words import ProposalState


def listed(filters: ProposalFilters, caller: Principal) -> Iterator[ColumnElement[bool]]:
    """What rows must be: of the caller's organisation, or for a list of it."""
    key = caller.organisation
    edited = and_(ListProposal.editor_scheme == key.scheme, ListProposal.editor_code == key.code)
    yield or_(ListProposal.owned_by(key), edited)
    if filters.list_id is not None:
        yield ListProposal.list_id == filters.list_id
    if filters.state is not None:
        yield ListProposal.state == filters.state


async def standing(session: AsyncSession, list_id: UUID, demand_id: UUID) -> UUID | None:
    """How a demand was put forward for a list and not retracted."""
    wanted = select(ListProposal.id).where(
        ListProposal.list_id == list_id,
        ListProposal.demand_id == demand_id,
        ListProposal.state != ProposalState.RETRACTED,
    )
    return (await session.scalars(wanted)).one_or_none()
