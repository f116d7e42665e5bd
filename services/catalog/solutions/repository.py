"""Reads and writes solutions and their versions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.solutions.models import Solution, SolutionVersion
from common.contracts.words import SolutionState
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest


def add(session: AsyncSession, row: Solution | SolutionVersion) -> None:
    session.add(row)


def no_such_solution() -> NotFound:
    """Also said of a solution that the caller may not see: whether it exists is private too."""
    return NotFound("There is no such solution, or you may not see it", "没有该方案，或您无权查看")


async def find(session: AsyncSession, solution_id: UUID, *, lock: bool = False) -> Solution:
    """lock  nobody else changes it before this transaction ends. Raises NotFound."""
    wanted = select(Solution).where(Solution.id == solution_id)
    if lock:
        wanted = wanted.with_for_update(of=Solution).execution_options(populate_existing=True)
    found = (await session.scalars(wanted)).one_or_none()
    if found is None:
        raise no_such_solution()
    return found


async def own(session: AsyncSession, solicitation_id: UUID, owner: OrganisationKey) -> UUID | None:
    """The one that an organisation has submitted and not withdrawn."""
    wanted = select(Solution.id).where(
        Solution.solicitation_id == solicitation_id,
        Solution.owned_by(owner),
        Solution.state != SolutionState.WITHDRAWN,
    )
    return (await session.scalars(wanted)).one_or_none()


async def standing(
    session: AsyncSession, solicitation_id: UUID, states: Collection[SolutionState]
) -> Sequence[Solution]:
    """All in these states, the first submitted first, which nobody else changes before this transaction ends."""
    wanted = select(Solution).where(Solution.solicitation_id == solicitation_id, Solution.state.in_(states))
    ordered = wanted.order_by(Solution.created_at, Solution.id).with_for_update(of=Solution)
    return (await session.scalars(ordered)).all()


async def listed(session: AsyncSession, solicitation_id: UUID, states: Collection[SolutionState]) -> Sequence[Solution]:
    """The same for reading."""
    wanted = select(Solution).where(Solution.solicitation_id == solicitation_id, Solution.state.in_(states))
    return (await session.scalars(wanted.order_by(Solution.created_at, Solution.id))).all()


async def page(
    session: AsyncSession, solicitation_id: UUID, wanted: PageRequest, *, of: OrganisationKey | None
) -> Sequence[Solution]:
    """Up to `limit + 1`, newest first.

    of  whose; None: everybody's, but for those withdrawn
    """
    seen: ColumnElement[bool] = true() if of else Solution.state != SolutionState.WITHDRAWN
    rows = select(Solution).where(Solution.solicitation_id == solicitation_id, seen)
    if of is not None:
        rows = rows.where(Solution.owned_by(of))
    if wanted.after:
        rows = rows.where(tuple_(Solution.created_at, Solution.id) < wanted.after)
    newest = rows.order_by(Solution.created_at.desc(), Solution.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()


async def versions(session: AsyncSession, solution_id: UUID) -> Sequence[SolutionVersion]:
    """All there are, newest first."""
    wanted = select(SolutionVersion).where(SolutionVersion.solution_id == solution_id)
    return (await session.scalars(wanted.order_by(SolutionVersion.version.desc()))).all()
