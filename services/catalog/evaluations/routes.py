"""Declarations, screening, scores and decisions over HTTP."""

from uuid import UUID

from fastapi import Response

from catalog.demands.routes import EditingDep
from catalog.evaluations import service
from catalog.evaluations.schemas import (
    ClearanceOut,
    Completeness,
    Decision,
    Declaration,
    NoneSelected,
    ScoreIn,
    ScoreOut,
    Standings,
)
from catalog.solicitations.models import Solicitation
from catalog.solicitations.schemas import Cancellation, SolicitationOut
from catalog.solutions.schemas import SolutionOut
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(
    prefix="/v1", tags=["evaluations"], responses=problems(Unavailable, Unauthenticated, Forbidden, NotFound)
)
_CHANGING = problems(NotAllowedNow, TooLarge)


def _shown(response: Response, solicitation: Solicitation) -> SolicitationOut:
    set_etag(response, solicitation.version)
    return SolicitationOut.model_validate(solicitation)


@router.post("/solicitations/{solicitation_id}/declare", summary="Declare interests", responses=_CHANGING)
async def declare_interests(
    solicitation_id: UUID, body: Declaration, editing: EditingDep, once: OnceDep
) -> ClearanceOut:
    """By an evaluator, once, after the deadline and before seeing any solution. Who has ties with a party to one, or
    whose own organisation is such a party, is recused: that is on record, and no solution is shown to them."""
    return once.keep(await service.declare(editing, solicitation_id, body))


@router.post("/solicitations/{solicitation_id}/screen", summary="Begin to screen solutions", responses=_CHANGING)
async def screen_solutions(
    solicitation_id: UUID, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner, after the deadline. The demand is closed, if it is still open, and is being evaluated."""
    return once.keep(_shown(response, await service.screen(editing, solicitation_id)))


@router.post("/solutions/{solution_id}/examine", summary="Find a solution complete or not", responses=_CHANGING)
async def examine_solution(solution_id: UUID, body: Completeness, editing: EditingDep, once: OnceDep) -> SolutionOut:
    """By the owner, while screening. One that is incomplete is declined for the reason given."""
    return once.keep(SolutionOut.model_validate(await service.examine(editing, solution_id, body)))


@router.put("/solutions/{solution_id}/score", summary="Score a solution", responses=_CHANGING)
async def replace_score(solution_id: UUID, body: ScoreIn, editing: EditingDep) -> ScoreOut:
    """By an evaluator who declared no interest, while solutions are screened or shortlisted: whole points for each
    criterion, in the place of those given before. Nobody scores a solution of their own organisation."""
    return ScoreOut.model_validate(await service.score(editing, solution_id, body))


@router.get("/solicitations/{solicitation_id}/standings", summary="List solutions with their scores, best first")
async def list_standings(solicitation_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> Standings:
    """To the owner with all scores, to an evaluator with their own alone."""
    return Standings(items=await service.standings(session, caller, solicitation_id))


@router.post("/solicitations/{solicitation_id}/shortlist", summary="Shortlist solutions", responses=_CHANGING)
async def shortlist_solutions(
    solicitation_id: UUID, body: Decision, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner, once all are screened and scored: each complete one is chosen, or declined for a reason."""
    return once.keep(_shown(response, await service.shortlist(editing, solicitation_id, body)))


@router.post("/solicitations/{solicitation_id}/select", summary="Select solutions", responses=_CHANGING)
async def select_solutions(
    solicitation_id: UUID, body: Decision, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner: each shortlisted one is chosen, or declined for a reason. The demand is then selected."""
    return once.keep(_shown(response, await service.select(editing, solicitation_id, body)))


@router.post("/solicitations/{solicitation_id}/fail", summary="Say that no solution is selected", responses=_CHANGING)
async def fail_solicitation(
    solicitation_id: UUID, body: NoneSelected, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner: each that still stands is declined for a reason, and the demand ends unsuccessfully."""
    return once.keep(_shown(response, await service.fail(editing, solicitation_id, body)))


@router.post("/solicitations/{solicitation_id}/conclude", summary="Publish the result", responses=_CHANGING)
async def conclude_solicitation(
    solicitation_id: UUID, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner. Everyone reads who was selected, how many answered, and of the others what the terms said."""
    return once.keep(_shown(response, await service.conclude(editing, solicitation_id)))


@router.post("/solicitations/{solicitation_id}/cancel", summary="Cancel a solicitation", responses=_CHANGING)
async def cancel_solicitation(
    solicitation_id: UUID, body: Cancellation, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner, before a decision. Whoever submitted is declined for the reason given, which everyone reads."""
    return once.keep(_shown(response, await service.cancel(editing, solicitation_id, body.reason)))
