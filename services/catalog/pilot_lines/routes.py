"""Pilot lines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.pilot_lines import service
from catalog.pilot_lines.filters import PilotLineFilters
from catalog.pilot_lines.rules import PilotLineAction
from catalog.pilot_lines.schemas import PilotLineContent, PilotLineOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/pilot-lines"
router = GuardedRouter(prefix=PATH, tags=["pilots"], responses=problems(Unavailable))
STEPS = (
    PlainStep(
        PilotLineAction.CLOSE, "Close a pilot line", "By its base: nothing more is asked of it; bookings stand.", True
    ),
)


@router.post(
    "", status_code=201, summary="Offer a pilot line", responses=problems(Unauthenticated, Forbidden, TooLarge)
)
async def create_pilot_line(
    body: PilotLineContent, who: ChangingDep, once: OnceDep, response: Response
) -> PilotLineOut:
    """By a pilot base, with the role enterprise; everyone reads it."""
    return once.keep(begun(response, PATH, await service.offer(who, body), PilotLineOut))


@router.get("", summary="List pilot lines, newest first")
async def list_pilot_lines(listing: ListingDep, filters: Annotated[PilotLineFilters, Query()]) -> Page[PilotLineOut]:
    """All, or those in a state, or of a field."""
    return listed(listing, await service.page(listing, filters), PilotLineOut.model_validate)


@router.get("/{pilot_line_id}", summary="Read a pilot line", responses=problems(NotFound))
async def read_pilot_line(pilot_line_id: UUID, session: ReadSessionDep, response: Response) -> PilotLineOut:
    return shown(response, await service.PILOT_LINES.read(session, None, pilot_line_id), PilotLineOut)


async def _take(who: Changing, asked: StepAsked) -> PilotLineOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), PilotLineOut)


add_steps(router, StepRoutes("pilot_line", PilotLineOut), STEPS, changing, _take)
add_history(router, "pilot_line", "a pilot line", service.PILOT_LINES)
