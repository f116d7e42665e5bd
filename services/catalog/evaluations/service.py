"""What owners and evaluators do with solutions from the deadline to the result."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service as demands
from catalog.demands.rules import Action
from catalog.demands.steps import Editing
from catalog.evaluations import repository, rules
from catalog.evaluations.models import Score
from catalog.evaluations.rules import Total
from catalog.evaluations.schemas import (
    ClearanceOut,
    Completeness,
    Decision,
    Declaration,
    Declination,
    NoneSelected,
    ScoreIn,
    ScoreOut,
    StandingOut,
)
from catalog.history.service import Deed
from catalog.solicitations import repository as solicitation_rows
from catalog.solicitations import service as solicitations
from catalog.solicitations.models import Clearance, Evaluator, ScoresShown, Solicitation
from catalog.solicitations.rules import SolicitationAction, refuse_stranger
from catalog.solicitations.service import SoughtSolicitation
from catalog.solutions import repository as solution_rows
from catalog.solutions import service as solutions
from catalog.solutions.models import Solution
from catalog.solutions.rules import COMPLETE, DECLINED, SELECTED, SHORTLISTED, SUBMITTED, SolutionAction
from catalog.solutions.service import DeclineReason
from common.auth import Principal
from common.contracts.solicitations import ResultEntry, SolicitationResult
from common.contracts.words import DeclineCode, DemandState
from common.errors import Forbidden

RATED = (COMPLETE, SHORTLISTED, SELECTED, DECLINED)


async def declare(editing: Editing, solicitation_id: UUID, declaration: Declaration) -> ClearanceOut:
    """An evaluator's interests, before they see anything; with one in a solution they are recused, on record."""
    sought = await solicitations.seek(editing, solicitation_id)
    evaluator = _evaluator(sought)
    transition = solicitations.stepped(sought, SolicitationAction.DECLARE, editing.at)
    rules.refuse_declared(evaluator.clearance is Clearance.NAMED)
    parties = await repository.parties(editing.session, solicitation_id)
    conflicts = rules.interests(declaration.interests, editing.caller.organisation, parties)
    is_recused = declaration.has_conflict or bool(conflicts)
    evaluator.clearance = Clearance.RECUSED if is_recused else Clearance.CLEARED
    evaluator.declared_at = sought.solicitation.updated_at
    told = [key.model_dump() for key in conflicts]
    evaluator.declaration = {**declaration.model_dump(mode="json"), "conflicts": told}
    await solicitations.record(
        editing.session, sought.solicitation, Deed(transition, editing.caller, str(evaluator.clearance))
    )
    return ClearanceOut(clearance=evaluator.clearance, conflicts=tuple(conflicts), declared_at=evaluator.declared_at)


async def screen(editing: Editing, solicitation_id: UUID) -> Solicitation:
    """Begin to look at what came; the demand is being evaluated from now on."""
    sought = await solicitations.seek(editing, solicitation_id)
    transition = solicitations.stepped(sought, SolicitationAction.SCREEN, editing.at)
    demand = await demands.own(editing.session, editing.caller, sought.solicitation.demand_id)
    rules.refuse_not_beginning(demand.state)
    if demand.state is DemandState.PUBLISHED:
        await demands.take(editing, demand.id, Action.CLOSE)
    await demands.take(editing, demand.id, Action.EVALUATE)
    await solicitations.record(editing.session, sought.solicitation, Deed(transition, editing.caller))
    return sought.solicitation


async def examine(editing: Editing, solution_id: UUID, completeness: Completeness) -> Solution:
    """Whether a solution is complete in form; one that is not is declined for that reason."""
    sought, solution = await _seek(editing, solution_id)
    transition = solicitations.stepped(sought, SolicitationAction.EXAMINE, editing.at)
    deed = Deed(transition, editing.caller, completeness.reason)
    if completeness.is_complete:
        solutions.take(editing.session, sought.solicitation, solution, SolutionAction.ACCEPT, deed)
    else:
        reason = DeclineReason(DeclineCode.INCOMPLETE, completeness.reason or "")
        solutions.decline(editing.session, sought.solicitation, solution, reason, deed, SolutionAction.REJECT)
    await solicitations.record(editing.session, sought.solicitation, deed)
    return solution


async def score(editing: Editing, solution_id: UUID, given: ScoreIn) -> Score:
    """An evaluator's points for a solution, in the place of those they gave before."""
    sought, solution = await _seek(editing, solution_id)
    evaluator = _evaluator(sought)
    solutions.refuse_uncleared(evaluator.clearance)
    transition = solicitations.stepped(sought, SolicitationAction.SCORE, editing.at)
    rules.refuse_own(editing.caller.organisation, repository.of(solution))
    rules.refuse_unrated(solution.state)
    total = rules.points_sum(sought.solicitation.criteria, given.points)
    said = {"points": given.points, "points_sum": total}
    # On record all that were given; the row of the score has the last ones only.
    whose = {"solution_id": str(solution.id), "evaluator_id": str(evaluator.id)}
    deed = Deed(transition, editing.caller, given.comment, [{**whose, **said}])
    await solicitations.record(editing.session, sought.solicitation, deed)
    ids = {"solution_id": solution.id, "evaluator_id": evaluator.id}
    told = {"comment": given.comment, "scored_at": sought.solicitation.updated_at}
    return await repository.put(editing.session, {**ids, **said, **told})


async def shortlist(editing: Editing, solicitation_id: UUID, decision: Decision) -> Solicitation:
    """Of the complete solutions, some go on; the others are declined, each for a reason."""
    return await _decide(editing, solicitation_id, decision, SolicitationAction.SHORTLIST)


async def select(editing: Editing, solicitation_id: UUID, decision: Decision) -> Solicitation:
    """Of the shortlisted solutions, one or more are selected; the others are declined, each for a reason."""
    solicitation = await _decide(editing, solicitation_id, decision, SolicitationAction.SELECT)
    await demands.take(editing, solicitation.demand_id, Action.SELECT)
    return solicitation


_STEPS = {
    SolicitationAction.SHORTLIST: (COMPLETE, SolutionAction.SHORTLIST),
    SolicitationAction.SELECT: (SHORTLISTED, SolutionAction.SELECT),
}
"""Which solutions a decision is about, and what those chosen do."""


async def _decide(
    editing: Editing, solicitation_id: UUID, decision: Decision, action: SolicitationAction
) -> Solicitation:
    session, (state, step) = editing.session, _STEPS[action]
    sought = await solicitations.seek(editing, solicitation_id)
    solicitation = sought.solicitation
    deed = Deed(solicitations.stepped(sought, action, editing.at), editing.caller)
    rules.refuse_unscreened(len(await solution_rows.standing(session, solicitation_id, [SUBMITTED])))
    standing = {each.id: each for each in await solution_rows.standing(session, solicitation_id, [state])}
    found = await _totals(session, solicitation_id)
    rules.refuse_unscored(standing, found, solicitation.scores_needed)
    declined = _declined(decision, decision.chosen, standing)
    for each in decision.chosen:
        solutions.take(session, solicitation, standing[each], step, deed)
    _decline(session, solicitation, standing, declined, deed)
    await solicitations.record(session, solicitation, deed)
    return solicitation


async def fail(editing: Editing, solicitation_id: UUID, outcome: NoneSelected) -> Solicitation:
    """No solution is selected, and the demand ends unsuccessfully; each that still stands is declined for a reason."""
    session = editing.session
    sought = await solicitations.seek(editing, solicitation_id)
    transition = solicitations.stepped(sought, SolicitationAction.FAIL, editing.at)
    deed = Deed(transition, editing.caller, outcome.reason)
    states = (SUBMITTED, COMPLETE, SHORTLISTED)
    standing = {each.id: each for each in await solution_rows.standing(session, solicitation_id, states)}
    _decline(session, sought.solicitation, standing, _declined(outcome, (), standing), deed)
    sought.solicitation.state_reason = outcome.reason
    await solicitations.record(session, sought.solicitation, deed)
    await demands.take(editing, sought.solicitation.demand_id, Action.FAIL, outcome.reason)
    return sought.solicitation


def _declined(
    decision: Decision | NoneSelected, chosen: Sequence[UUID], standing: Collection[UUID]
) -> list[Declination]:
    """Those named, and all others for the reason given for them. Raises InvalidInput unless each solution that stands
    is chosen or declined, once."""
    declined = list(decision.declined)
    if decision.others:
        named = {*chosen, *(each.solution_id for each in declined)}
        declined += [decision.others.of(each) for each in standing if each not in named]
    rules.refuse_uncovered(chosen, declined, standing)
    return declined


def _decline(
    session: AsyncSession,
    solicitation: Solicitation,
    standing: dict[UUID, Solution],
    declined: Sequence[Declination],
    deed: Deed,
) -> None:
    for each in declined:
        solutions.decline(
            session, solicitation, standing[each.solution_id], DeclineReason(each.code, each.reason), deed
        )


async def conclude(editing: Editing, solicitation_id: UUID) -> Solicitation:
    """Publish the result: what the terms said would be shown, and nothing else."""
    sought = await solicitations.seek(editing, solicitation_id)
    transition = solicitations.stepped(sought, SolicitationAction.CONCLUDE, editing.at)
    result = await _result(editing.session, sought.solicitation)
    sought.solicitation.result = result.model_dump(mode="json")
    await solicitations.record(editing.session, sought.solicitation, Deed(transition, editing.caller))
    return sought.solicitation


async def cancel(editing: Editing, solicitation_id: UUID, reason: str) -> Solicitation:
    """End it without a decision; whoever has submitted is told so, for this reason."""
    session = editing.session
    sought = await solicitations.seek(editing, solicitation_id)
    deed = Deed(solicitations.stepped(sought, SolicitationAction.CANCEL, editing.at), editing.caller, reason)
    for each in await solution_rows.standing(session, solicitation_id, (SUBMITTED, COMPLETE, SHORTLISTED)):
        solutions.decline(session, sought.solicitation, each, DeclineReason(DeclineCode.CANCELLED, reason), deed)
    sought.solicitation.state_reason = reason
    await solicitations.record(session, sought.solicitation, deed)
    return sought.solicitation


async def _result(session: AsyncSession, solicitation: Solicitation) -> SolicitationResult:
    found, shown = await _totals(session, solicitation.id), solicitation.scores_shown
    selected = await solution_rows.standing(session, solicitation.id, [SELECTED])
    declined = await solution_rows.standing(session, solicitation.id, [DECLINED])
    return SolicitationResult(
        solutions_count=solicitation.solutions_count or 0,
        selected=tuple(_entry(each, None if shown is ScoresShown.NONE else found.get(each.id)) for each in selected),
        declined=tuple(_entry(each, found.get(each.id)) for each in declined) if shown is ScoresShown.ALL else (),
    )


def _entry(solution: Solution, total: Total | None) -> ResultEntry:
    return ResultEntry(
        solution_id=solution.id,
        owner=solution.owner_key,
        owner_name=solution.owner_name,
        title=solution.title,
        points_sum=total.points_sum if total else None,
        points_most=total.points_most if total else None,
    )


async def standings(session: AsyncSession, caller: Principal, solicitation_id: UUID) -> list[StandingOut]:
    """Best first: to the owner with all scores, to an evaluator with their own alone. Raises Forbidden for others."""
    solicitation = await solicitation_rows.find(session, solicitation_id)
    evaluator = await solicitation_rows.evaluator(session, solicitation_id, caller)
    solutions.refuse_sealed(solicitation)
    scores = await repository.scores(session, solicitation_id)
    if solicitation.owner_key != caller.organisation:
        if evaluator is None:
            refuse_stranger(())
        else:
            solutions.refuse_uncleared(evaluator.clearance)
            scores = [each for each in scores if each.evaluator_id == evaluator.id]
    return await _standings(session, solicitation_id, scores)


async def _standings(session: AsyncSession, solicitation_id: UUID, scores: Sequence[Score]) -> list[StandingOut]:
    rated = {each.id: each for each in await solution_rows.listed(session, solicitation_id, RATED)}
    found = rules.totals((each.solution_id, each.points_sum) for each in scores)
    given: dict[UUID, list[Score]] = defaultdict(list)
    for each in scores:
        given[each.solution_id].append(each)
    ranked = rules.ranked(rated, found)
    return [_standing(rated[one], found.get(one, rules.NOTHING), given[one]) for one in ranked]


def _standing(solution: Solution, total: Total, scores: Sequence[Score]) -> StandingOut:
    return StandingOut(
        solution_id=solution.id,
        state=solution.state,
        owner=solution.owner_key,
        owner_name=solution.owner_name,
        points_sum=total.points_sum,
        points_most=total.points_most,
        scores=tuple(ScoreOut.model_validate(each) for each in scores),
    )


async def _totals(session: AsyncSession, solicitation_id: UUID) -> dict[UUID, Total]:
    scores = await repository.scores(session, solicitation_id)
    return rules.totals((each.solution_id, each.points_sum) for each in scores)


async def _seek(editing: Editing, solution_id: UUID) -> tuple[SoughtSolicitation, Solution]:
    """The solicitation is locked first, then the solution. Raises NotFound for who may not see it."""
    solution = await solution_rows.find(editing.session, solution_id)
    sought = await solicitations.seek(editing, solution.solicitation_id)
    if not sought.parties:
        await solutions.read(editing.session, editing.caller, solution_id)
    return sought, await solution_rows.find(editing.session, solution_id, lock=True)


def _evaluator(sought: SoughtSolicitation) -> Evaluator:
    """Raises Forbidden when the caller was not named to evaluate."""
    if sought.evaluator is None:
        raise Forbidden("You were not named to evaluate this", "您不是本次征集的评审人")
    return sought.evaluator
