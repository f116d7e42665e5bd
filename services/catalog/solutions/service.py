"""What enterprises do with solutions, who may read them, and how any step of one is recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import service as history
from catalog.history.service import Deed
from catalog.organisations import service as organisations
from catalog.solicitations import repository as solicitations
from catalog.solicitations.models import Clearance, Solicitation
from catalog.solicitations.rules import refuse_after
from catalog.solutions import repository, rules
from catalog.solutions.models import Solution, SolutionVersion
from catalog.solutions.rules import SolutionAction, SolutionParty
from catalog.solutions.schemas import SolutionContent
from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.solicitations import SolutionAdvanced, SolutionSnapshot
from common.contracts.words import DeclineCode
from common.errors import Forbidden
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest

NOUN = rules.LIFE.noun.en


class Submitting(NamedTuple):
    """The transaction, who submits, and when."""

    session: AsyncSession
    caller: Principal
    at: datetime


class DeclineReason(NamedTuple):
    """Why a solution is declined."""

    code: DeclineCode
    text: str


async def submit(submitting: Submitting, solicitation_id: UUID, content: SolutionContent) -> Solution:
    """A solution of the caller's organisation; only it reads it before the deadline."""
    session, caller, at = submitting
    solicitation = await _open(submitting, solicitation_id)
    rules.refuse_second(await repository.own(session, solicitation_id, caller.organisation))
    _check(content, solicitation, caller.organisation)
    owner = await organisations.of_caller(session, caller, at)
    solution = Solution(
        id=new_id(), version=1, solicitation_id=solicitation_id, state=rules.LIFE.initial, owner=owner, created_at=at
    )
    solution.updated_at = at
    repository.add(session, solution)
    _write(solution, content)
    await session.flush()
    _keep(session, solution, content)
    record(session, solicitation, solution, Deed(history.begun(solution, SolutionParty.SUBMITTER, at), caller))
    return solution


async def replace(submitting: Submitting, solution_id: UUID, content: SolutionContent, expected: int) -> Solution:
    """Another version before the deadline; the last one counts."""
    session, caller, at = submitting
    solicitation, solution = await _own(submitting, solution_id)
    transition = history.moved(rules.LIFE, solution, SolutionAction.REPLACE, {SolutionParty.SUBMITTER}, at)
    # The version that the caller read was the one before this step.
    refuse_stale(expected, solution.version - 1)
    _check(content, solicitation, caller.organisation)
    _write(solution, content)
    _keep(session, solution, content)
    record(session, solicitation, solution, Deed(transition, caller))
    return solution


async def withdraw(submitting: Submitting, solution_id: UUID) -> Solution:
    """Take it back before the deadline; repeating it changes nothing."""
    session, caller, at = submitting
    solution = await repository.find(session, solution_id)
    if solution.owner_key == caller.organisation and rules.LIFE.is_done(solution.state, SolutionAction.WITHDRAW):
        return solution
    solicitation, solution = await _own(submitting, solution_id)
    transition = history.moved(rules.LIFE, solution, SolutionAction.WITHDRAW, {SolutionParty.SUBMITTER}, at)
    record(session, solicitation, solution, Deed(transition, caller))
    return solution


async def _open(submitting: Submitting, solicitation_id: UUID) -> Solicitation:
    """Locked, so that nothing is submitted while it closes. Raises NotAllowedNow once it is closed or due to be."""
    solicitation = await solicitations.find(submitting.session, solicitation_id, lock=True)
    rules.refuse_not_open(solicitation.state)
    refuse_after(solicitation.closes_at, submitting.at)
    return solicitation


async def _own(submitting: Submitting, solution_id: UUID) -> tuple[Solicitation, Solution]:
    """Raises NotFound for another's. The solicitation is locked first, as everywhere."""
    session, caller = submitting.session, submitting.caller
    solution = await repository.find(session, solution_id)
    if solution.owner_key != caller.organisation:
        raise repository.no_such_solution()
    solicitation = await _open(submitting, solution.solicitation_id)
    return solicitation, await repository.find(session, solution_id, lock=True)


def _check(content: SolutionContent, solicitation: Solicitation, submitter: OrganisationKey) -> None:
    parties = [submitter, *(member.organisation for member in content.members)]
    rules.refuse_owner(parties, solicitation.owner_key)
    rules.refuse_faulty(content, solicitation.clauses, submitter)


def _write(solution: Solution, content: SolutionContent) -> None:
    for name, value in content.model_dump(mode="json").items():
        setattr(solution, name, value)


def _keep(session: AsyncSession, solution: Solution, content: SolutionContent) -> None:
    said = content.model_dump(mode="json")
    kept = SolutionVersion(
        solution_id=solution.id, version=solution.version, submitted_at=solution.updated_at, content=said
    )
    repository.add(session, kept)


def take(
    session: AsyncSession, solicitation: Solicitation, solution: Solution, action: SolutionAction, deed: Deed
) -> None:
    """A step of a locked solution by who called for it, as part of a step of the solicitation.

    deed  that step: who took it, when
    """
    at = deed.transition.at
    transition = history.moved(rules.LIFE, solution, action, {SolutionParty.CALLER}, at)
    record(session, solicitation, solution, Deed(transition, deed.caller, deed.reason))


def decline(
    session: AsyncSession,
    solicitation: Solicitation,
    solution: Solution,
    reason: DeclineReason,
    deed: Deed,
    action: SolutionAction = SolutionAction.DECLINE,
) -> None:
    """For a reason that its submitter reads; `action` is REJECT for one found incomplete."""
    solution.decline_code, solution.decline_reason = reason
    take(session, solicitation, solution, action, deed._replace(reason=reason.text))


def record(session: AsyncSession, solicitation: Solicitation, solution: Solution, deed: Deed) -> None:
    """Audit a step and tell of it: before the deadline its submitter alone, then also who called for it."""
    history.record(session, NOUN, solution, deed)
    snapshot = SolutionSnapshot.model_validate(
        {name: getattr(solution, name) for name in SolutionSnapshot.model_fields if name != "demand_id"}
        | {"demand_id": solicitation.demand_id}
    )
    audience = (solution.owner_key,) if solicitation.is_sealed else (solution.owner_key, solicitation.owner_key)
    outbox.record(session, SolutionAdvanced(solution=snapshot, audience=audience))


async def read(session: AsyncSession, caller: Principal, solution_id: UUID) -> Solution:
    """Raises NotFound for who may not see it."""
    solution = await repository.find(session, solution_id)
    if solution.owner_key == caller.organisation:
        return solution
    solicitation = await solicitations.find(session, solution.solicitation_id)
    if solicitation.is_sealed or solution.state is rules.WITHDRAWN:
        raise repository.no_such_solution()
    if solicitation.owner_key == caller.organisation:
        return solution
    evaluator = await solicitations.evaluator(session, solicitation.id, caller)
    if evaluator is None or evaluator.clearance is not Clearance.CLEARED:
        raise repository.no_such_solution()
    return solution


async def page(
    session: AsyncSession, caller: Principal, solicitation_id: UUID, wanted: PageRequest
) -> Sequence[Solution]:
    """All to who called for them and to cleared evaluators, once they are open; to others their own."""
    solicitation = await solicitations.find(session, solicitation_id)
    if solicitation.owner_key == caller.organisation:
        refuse_sealed(solicitation)
        return await repository.page(session, solicitation_id, wanted, of=None)
    evaluator = await solicitations.evaluator(session, solicitation_id, caller)
    if evaluator is None:
        return await repository.page(session, solicitation_id, wanted, of=caller.organisation)
    refuse_sealed(solicitation)
    refuse_uncleared(evaluator.clearance)
    return await repository.page(session, solicitation_id, wanted, of=None)


def refuse_sealed(solicitation: Solicitation) -> None:
    """Raises NotAllowedNow while nobody but its submitter may read a solution."""
    if solicitation.is_sealed:
        rules.refuse_sealed(solicitation.state, solicitation.closes_at.isoformat())


def refuse_uncleared(clearance: Clearance) -> None:
    """Raises Forbidden for an evaluator who has not declared, or has an interest."""
    if clearance is Clearance.NAMED:
        raise Forbidden(
            "Declare your interests first: POST /v1/solicitations/{id}/declare",
            "请先申报利益关系：POST /v1/solicitations/{id}/declare",
        )
    if clearance is Clearance.RECUSED:
        raise Forbidden("You have an interest in a solution and evaluate none", "您与应答方存在利益关系，须回避评审")


async def versions(session: AsyncSession, caller: Principal, solution_id: UUID) -> Sequence[SolutionVersion]:
    await read(session, caller, solution_id)
    return await repository.versions(session, solution_id)
