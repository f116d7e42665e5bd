"""HTTP routes of outcomes."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotFound, Unauthenticated
from common.idempotency import OnceDep
from common.pagination import PageDep, link_next, page_of
from common.problems import problems
from matcher.feedback import service
from matcher.feedback.schemas import OutcomeIn, OutcomeOut, OutcomesOut

router = APIRouter(prefix="/v1/matches/{match_id}/outcomes", tags=["feedback"])


@router.post("", status_code=201, responses=problems(Unauthenticated, Forbidden, NotFound))
async def report_outcome(
    match_id: UUID, body: OutcomeIn, caller: PrincipalDep, session: SessionDep, once: OnceDep
) -> OutcomeOut:
    """Say what became of a match; the ranking learns from it. Repeating the call changes nothing; to say anew what was
    said and taken back replaces the earlier report."""
    return once.keep(OutcomeOut.model_validate(await service.report(session, caller, match_id, body, now())))


@router.get("", responses=problems(Unauthenticated, NotFound))
async def list_outcomes(
    match_id: UUID, caller: PrincipalDep, session: ReadSessionDep, page: PageDep, request: Request, response: Response
) -> OutcomesOut:
    """What both sides reported of a match, newest first, and the state that leaves it in."""
    told = await service.shown(session, caller, match_id, page)
    shown = page_of(told.outcomes, page, lambda row: (row.reported_at, row.id), OutcomeOut.model_validate)
    link_next(request, response, shown.cursor)
    return OutcomesOut(state=told.state, **dict(shown))
