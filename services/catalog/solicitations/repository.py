"""Reads and writes solicitations and evaluators."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands.models import Demand
from catalog.solicitations.models import Evaluator, Solicitation
from catalog.solutions.models import Solution
from common.auth import Principal
from common.contracts.words import DemandKind, Domain, SolicitationState, SolutionState
from common.errors import NotFound
from common.pagination import PageRequest


class DemandFiling(NamedTuple):
    """How a demand is filed: what subscriptions are narrowed by."""

    kind: DemandKind
    domain: Domain
    tracks: Sequence[str]


async def filed(session: AsyncSession, demand_id: UUID) -> DemandFiling:
    row = await session.execute(select(Demand.kind, Demand.domain, Demand.tracks).where(Demand.id == demand_id))
    return DemandFiling(*row.one())


def add(session: AsyncSession, row: Solicitation | Evaluator) -> None:
    session.add(row)


async def standing(session: AsyncSession, demand_id: UUID) -> UUID | None:
    """The solicitation of a demand that was not cancelled."""
    wanted = select(Solicitation.id).where(
        Solicitation.demand_id == demand_id, Solicitation.state != SolicitationState.CANCELLED
    )
    return (await session.scalars(wanted)).one_or_none()


async def find(session: AsyncSession, solicitation_id: UUID, *, lock: bool = False) -> Solicitation:
    """lock  nobody else changes it before this transaction ends. Raises NotFound."""
    wanted = select(Solicitation).where(Solicitation.id == solicitation_id)
    if lock:
        wanted = wanted.with_for_update(of=Solicitation)
    found = (await session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("There is no such solicitation", "没有该征集")
    return found


async def locked(session: AsyncSession, solicitation_id: UUID) -> Solicitation | None:
    """For the clock."""
    wanted = select(Solicitation).where(Solicitation.id == solicitation_id).with_for_update(of=Solicitation)
    return (await session.scalars(wanted)).one_or_none()


async def page(
    session: AsyncSession, demand_id: UUID | None, state: SolicitationState | None, wanted: PageRequest
) -> Sequence[Solicitation]:
    """Up to `limit + 1`, newest first."""
    rows = select(Solicitation)
    if demand_id is not None:
        rows = rows.where(Solicitation.demand_id == demand_id)
    if state is not None:
        rows = rows.where(Solicitation.state == state)
    if wanted.after:
        rows = rows.where(tuple_(Solicitation.created_at, Solicitation.id) < wanted.after)
    newest = rows.order_by(Solicitation.created_at.desc(), Solicitation.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()


async def solutions_count(session: AsyncSession, solicitation_id: UUID) -> int:
    """How many stand, those withdrawn left out."""
    stands = Solution.state != SolutionState.WITHDRAWN
    count = select(func.count()).where(Solution.solicitation_id == solicitation_id, stands)
    return (await session.execute(count)).scalar_one()


async def evaluators(session: AsyncSession, solicitation_id: UUID) -> Sequence[Evaluator]:
    wanted = select(Evaluator).where(Evaluator.solicitation_id == solicitation_id).order_by(Evaluator.id)
    return (await session.scalars(wanted)).all()


async def evaluator(session: AsyncSession, solicitation_id: UUID, caller: Principal) -> Evaluator | None:
    """As whom a caller was named, by organisation and person."""
    wanted = select(Evaluator).where(
        Evaluator.solicitation_id == solicitation_id,
        Evaluator.scheme == caller.organisation.scheme,
        Evaluator.code == caller.organisation.code,
        Evaluator.subject == caller.subject,
    )
    return (await session.scalars(wanted)).one_or_none()
