"""HTTP routes of outcomes."""

from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal, PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.idempotency import OnceDep
from common.pagination import PageDep, link_next, page_of
from common.problems import problems
from common.routing import GuardedRouter
from matcher.feedback import service
from matcher.feedback.rules import MatchOutcome
from matcher.feedback.schemas import OutcomeIn, OutcomeOut, OutcomesOut, WhyIn

router = GuardedRouter(prefix="/v1/matches/{match_id}", tags=["feedback"])
_REFUSED = problems(Unauthenticated, NotFound, NotAllowedNow)


@router.post("/view", responses=_REFUSED)
async def view_match(match_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep) -> OutcomeOut:
    """Your side has looked at it; the other side is told. Repeating the call changes nothing."""
    return once.keep(await _reported(session, caller, match_id, OutcomeIn(outcome=MatchOutcome.VIEWED)))


@router.post("/express-interest", responses=_REFUSED)
async def express_interest(match_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep) -> OutcomeOut:
    """Your side is interested; the other side is told. It also takes your side's dismissal back."""
    return once.keep(await _reported(session, caller, match_id, OutcomeIn(outcome=MatchOutcome.INTERESTED)))


@router.post("/dismiss", responses=_REFUSED)
async def dismiss_match(
    match_id: UUID, body: WhyIn, caller: PrincipalDep, session: SessionDep, once: OnceDep
) -> OutcomeOut:
    """It does not suit your side, for a reason; the other side is told the reason's code."""
    return once.keep(await _reported(session, caller, match_id, OutcomeIn(outcome=MatchOutcome.DISMISSED, reason=body)))


async def _reported(session: AsyncSession, caller: Principal, match_id: UUID, body: OutcomeIn) -> OutcomeOut:
    return OutcomeOut.model_validate(await service.report(session, caller, match_id, body, now()))


@router.post("/outcomes", status_code=201, responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow))
async def report_outcome(
    match_id: UUID, body: OutcomeIn, caller: PrincipalDep, session: SessionDep, once: OnceDep
) -> OutcomeOut:
    """Say what became of a match; the ranking learns from it. Repeating the call changes nothing; to say anew what was
    said and taken back replaces the earlier report."""
    return once.keep(await _reported(session, caller, match_id, body))


@router.get("/outcomes", responses=problems(Unauthenticated, NotFound))
async def list_outcomes(
    match_id: UUID, caller: PrincipalDep, session: ReadSessionDep, page: PageDep, request: Request, response: Response
) -> OutcomesOut:
    """What both sides reported of a match, newest first, and the state that leaves it in."""
    told = await service.shown(session, caller, match_id, page)
    shown = page_of(told.outcomes, page, lambda row: (row.reported_at, row.id), OutcomeOut.model_validate)
    link_next(request, response, shown.cursor)
    return OutcomesOut(state=told.state, **dict(shown))
