"""Presentations over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from catalog.presentations import service
from catalog.presentations.filters import PresentationFilters
from catalog.presentations.rules import PresentationAction
from catalog.presentations.schemas import OutcomeRecord, OwnPresentationOut, PresentationContent, PresentationOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.auth import VisitorDep
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/presentations"
router = GuardedRouter(prefix=PATH, tags=["roadshows"], responses=problems(Unavailable))
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
STEPS = (
    PlainStep(PresentationAction.WITHDRAW, "Withdraw a presentation", "By its presenter, before the roadshow is held."),
)


@router.post("", status_code=201, summary="Take a slot of a roadshow", responses=TAKING | problems(TooLarge))
async def create_presentation(
    body: PresentationContent, who: ChangingDep, once: OnceDep, request: Request, response: Response
) -> OwnPresentationOut:
    """For a published financing demand of yours, while the roadshow is open. Of two who take a slot at once one gets
    it; the other is told which are free."""
    presentation = await service.book(who, body, request.app.state.settings.platform.tracks)
    return once.keep(begun(response, PATH, presentation, OwnPresentationOut))


@router.get("", summary="List presentations, newest first")
async def list_presentations(
    listing: ListingDep, filters: Annotated[PresentationFilters, Query()]
) -> Page[PresentationOut]:
    """All, or those of a roadshow, in a state, of a stage, for a track."""
    known = listing.request.app.state.settings.platform.tracks
    return listed(listing, await service.page(listing, filters, known), PresentationOut.model_validate)


@router.get(
    "/{presentation_id}",
    summary="Read a presentation",
    responses=problems(NotFound, Unauthenticated),
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_presentation(
    presentation_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> OwnPresentationOut | PresentationOut:
    """The teaser; who presents it reads the full text too. An investor asks for consent (`POST /v1/consents`)."""
    presentation = await service.PRESENTATIONS.read(session, visitor, presentation_id)
    response.headers["Vary"] = "Authorization"
    if visitor is not None and visitor.organisation == presentation.owner_key:
        return shown(response, presentation, OwnPresentationOut)
    return shown(response, presentation, PresentationOut)


@router.post("/{presentation_id}/record", summary="Record an outcome", responses=TAKING | problems(TooLarge))
async def record_presentation(
    presentation_id: UUID, body: OutcomeRecord, who: ChangingDep, once: OnceDep, response: Response
) -> PresentationOut:
    """By who presented it or the organiser, once the roadshow was held; a later one takes its place."""
    return once.keep(shown(response, await service.record(who, presentation_id, body), PresentationOut))


async def _take(who: Changing, asked: StepAsked) -> PresentationOut:
    presentation = await service.take(who, asked.record_id, asked.action, asked.reason)
    return shown(asked.response, presentation, PresentationOut)


add_steps(router, StepRoutes("presentation", PresentationOut), STEPS, changing, _take)
add_history(router, "presentation", "a presentation", service.PRESENTATIONS)
