"""Questions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from catalog.questions import service
from catalog.questions.rules import QuestionAction
from catalog.questions.schemas import AnswerIn, Dismissal, QuestionIn, QuestionOut
from catalog.questions.service import Asking
from common.auth import PrincipalDep, VisitorDep
from common.clock import now
from common.database import SessionDep
from common.errors import NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(
    prefix="/v1/demands/{demand_id}/questions", tags=["questions"], responses=problems(Unavailable, NotFound)
)
_CHANGING = problems(Unauthenticated, NotAllowedNow, TooLarge)


async def _asking(session: SessionDep, caller: PrincipalDep) -> Asking:
    return Asking(session, caller, now())


AskingDep = Annotated[Asking, Depends(_asking)]


@router.post("", status_code=201, summary="Ask a question about a public demand", responses=_CHANGING)
async def create_question(
    demand_id: UUID, body: QuestionIn, asking: AskingDep, once: OnceDep, response: Response
) -> QuestionOut:
    """By anyone with a token, while the demand is published. Everyone reads it with its answer, and not who asked."""
    question = await service.ask(asking, demand_id, body.text)
    return once.keep(QuestionOut.model_validate(question))


@router.get(
    "",
    summary="List questions and answers, newest first",
    responses=problems(Unauthenticated),
    openapi_extra={"security": [{}]},
)
async def list_questions(demand_id: UUID, listing: ListingDep, visitor: VisitorDep) -> Page[QuestionOut]:
    """Those that are answered, for everyone; to who asked also their own, to the demand's owner all."""
    rows = await service.page(listing.session, visitor, demand_id, listing.page)
    return listed(listing, rows, QuestionOut.model_validate)


@router.post("/{question_id}/answer", summary="Answer a question", responses=_CHANGING)
async def answer_question(
    demand_id: UUID, question_id: UUID, body: AnswerIn, asking: AskingDep, once: OnceDep
) -> QuestionOut:
    """By the demand's owner, for everyone to read; another answer takes the place of the one before."""
    question = await service.answer(asking, demand_id, question_id, body.answer)
    return once.keep(QuestionOut.model_validate(question))


@router.post("/{question_id}/dismiss", summary="Dismiss a question", responses=_CHANGING)
async def dismiss_question(
    demand_id: UUID, question_id: UUID, body: Dismissal, asking: AskingDep, once: OnceDep
) -> QuestionOut:
    """By the demand's owner, with a reason that the asker alone reads. Repeating the call changes nothing."""
    question = await service.take(asking, demand_id, question_id, QuestionAction.DISMISS, body.reason)
    return once.keep(QuestionOut.model_validate(question))


@router.post("/{question_id}/withdraw", summary="Withdraw a question", responses=_CHANGING)
async def withdraw_question(demand_id: UUID, question_id: UUID, asking: AskingDep, once: OnceDep) -> QuestionOut:
    """By its asker, before it is answered. Repeating the call changes nothing."""
    question = await service.take(asking, demand_id, question_id, QuestionAction.WITHDRAW)
    return once.keep(QuestionOut.model_validate(question))
