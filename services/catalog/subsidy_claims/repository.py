"""Finds who had a part in a solution, sums what was granted, and says which claims a list shows."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.evaluations.models import Score
from catalog.evaluations.repository import of as parties_of
from catalog.fields import key_of
from catalog.history.models import PublicVersion
from catalog.solicitations.models import Evaluator, Solicitation
from catalog.solutions.models import Solution
from catalog.subsidies.models import SubsidyScheme
from catalog.subsidy_claims.filters import SubsidyClaimFilters
from catalog.subsidy_claims.models import SubsidyClaim
from catalog.subsidy_claims.rules import ENDED_UNPAID, Involved
from catalog.validations.models import Validation
from common.contracts.words import DemandState, SubsidyClaimState, ValidationState
from common.errors import NotFound
from common.fields import OrganisationKey


async def solution(session: AsyncSession, solution_id: UUID, owner: OrganisationKey) -> Solution:
    """One of an organisation's own. Raises NotFound."""
    wanted = select(Solution).where(Solution.id == solution_id, Solution.owned_by(owner))
    found = (await session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("Your organisation has no such solution", "贵单位没有该方案")
    return found


async def demand_of(session: AsyncSession, solicitation_id: UUID) -> UUID:
    wanted = select(Solicitation.demand_id).where(Solicitation.id == solicitation_id)
    return (await session.scalars(wanted)).one()


async def was_adopted(session: AsyncSession, demand_id: UUID) -> bool:
    """Whether a demand came to be adopted, whatever became of it since."""
    adopted = exists().where(PublicVersion.subject_id == demand_id, PublicVersion.change == DemandState.ADOPTED)
    return bool(await session.scalar(select(adopted)))


async def accepted_validation(session: AsyncSession, solution_id: UUID) -> UUID | None:
    """The newest that stands of those of a solution."""
    wanted = select(Validation.id).where(
        Validation.solution_id == solution_id, Validation.state == ValidationState.ACCEPTED
    )
    return (await session.scalars(wanted.order_by(Validation.created_at.desc()).limit(1))).one_or_none()


async def involved(session: AsyncSession, claim: SubsidyClaim) -> Involved:
    """Who may not decide on a claim: who takes part in its solution, who scored it, and who selected it."""
    answer = (await session.scalars(select(Solution).where(Solution.id == claim.solution_id))).one()
    selected = select(Solicitation).where(Solicitation.id == answer.solicitation_id)
    caller = (await session.scalars(selected)).one().owner_key
    scored = select(Evaluator).join(Score, Score.evaluator_id == Evaluator.id)
    evaluators = (await session.scalars(scored.where(Score.solution_id == answer.id))).all()
    organisations = {OrganisationKey(scheme=each.scheme, code=each.code) for each in evaluators}
    return Involved(
        claimants=frozenset({claim.owner_key, *parties_of(answer)}),
        evaluating=frozenset({caller, *organisations}),
        evaluators=frozenset(each.subject for each in evaluators),
        filed_by=claim.filed_by,
    )


async def locked_scheme(session: AsyncSession, scheme_id: UUID) -> SubsidyScheme | None:
    """As it is once the lock is had; nobody else files or approves before this transaction ends."""
    wanted = select(SubsidyScheme).where(SubsidyScheme.id == scheme_id).with_for_update(of=SubsidyScheme)
    return (await session.scalars(wanted, execution_options={"populate_existing": True})).one_or_none()


async def sums(session: AsyncSession, scheme_id: UUID, but: UUID | None) -> dict[SubsidyClaimState, int]:
    """Of the amounts of a scheme's claims, by their state; in fen.

    but  a claim that is left out
    """
    summed = select(SubsidyClaim.state, func.sum(SubsidyClaim.amount_fen)).where(
        SubsidyClaim.scheme_id == scheme_id, SubsidyClaim.id.is_distinct_from(but)
    )
    rows = await session.execute(summed.group_by(SubsidyClaim.state))
    return {state: int(amount) for state, amount in rows}


async def standing(session: AsyncSession, scheme_id: UUID, solution_id: UUID) -> UUID | None:
    """The claim for a solution that was neither refused nor withdrawn."""
    wanted = select(SubsidyClaim.id).where(
        SubsidyClaim.scheme_id == scheme_id,
        SubsidyClaim.solution_id == solution_id,
        SubsidyClaim.state.not_in(ENDED_UNPAID),
    )
    return (await session.scalars(wanted)).one_or_none()


def listed(filters: SubsidyClaimFilters, viewer: OrganisationKey | None) -> Iterator[ColumnElement[bool]]:
    """What rows must be. Without `mine` and `to_handle` those that everyone reads."""
    if filters.state is not None:
        yield SubsidyClaim.state == filters.state
    if filters.scheme_id is not None:
        yield SubsidyClaim.scheme_id == filters.scheme_id
    if filters.owner is not None:
        yield SubsidyClaim.owned_by(key_of(filters.owner))
    if viewer is not None and filters.mine:
        yield SubsidyClaim.owned_by(viewer)
    if viewer is not None and filters.to_handle:
        yield _handled_by(viewer)
    if not (filters.mine or filters.to_handle):
        yield SubsidyClaim.notice_ends_at.is_not(None)


def _handled_by(key: OrganisationKey) -> ColumnElement[bool]:
    theirs = or_(SubsidyScheme.owned_by(key), SubsidyScheme.handlers.contains([key.model_dump()]))
    return exists().where(SubsidyScheme.id == SubsidyClaim.scheme_id, theirs)
