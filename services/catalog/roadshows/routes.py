"""Roadshows over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.roadshows import service
from catalog.roadshows.filters import RoadshowFilters
from catalog.roadshows.rules import RoadshowAction
from catalog.roadshows.schemas import RoadshowContent, RoadshowOut, RoadshowSlotOut, RoadshowSlotsOut
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/roadshows"
router = GuardedRouter(prefix=PATH, tags=["roadshows"], responses=problems(Unavailable))
STEPS = (
    PlainStep(RoadshowAction.OPEN, "Open a roadshow", "By its organiser: slots are taken from now on."),
    PlainStep(RoadshowAction.LOCK, "Lock a roadshow", "By its organiser, or the clock at `locks_at`."),
    PlainStep(RoadshowAction.HOLD, "Say that a roadshow was held", "By its organiser."),
    PlainStep(RoadshowAction.FOLLOW_UP, "End a roadshow", "By its organiser, once every outcome is on record."),
    PlainStep(RoadshowAction.CANCEL, "Cancel a roadshow", "By its organiser, before it is held.", True),
)


@router.post("", status_code=201, summary="Plan a roadshow", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_roadshow(body: RoadshowContent, who: ChangingDep, once: OnceDep, response: Response) -> RoadshowOut:
    """With the role publisher. Everyone reads it from now on; slots are taken once it is opened."""
    return once.keep(begun(response, PATH, await service.plan(who, body), RoadshowOut))


@router.get("", summary="List roadshows, newest first")
async def list_roadshows(listing: ListingDep, filters: Annotated[RoadshowFilters, Query()]) -> Page[RoadshowOut]:
    """All, or those in a state."""
    return listed(listing, await service.page(listing, filters), RoadshowOut.model_validate)


@router.get("/{roadshow_id}", summary="Read a roadshow", responses=problems(NotFound))
async def read_roadshow(roadshow_id: UUID, session: ReadSessionDep, response: Response) -> RoadshowOut:
    return shown(response, await service.ROADSHOWS.read(session, None, roadshow_id), RoadshowOut)


@router.get("/{roadshow_id}/slots", summary="List the slots of a roadshow, by place", responses=problems(NotFound))
async def list_roadshow_slots(roadshow_id: UUID, session: ReadSessionDep) -> RoadshowSlotsOut:
    """Which are taken, and by which presentation."""
    rows = await service.slots(session, roadshow_id)
    return RoadshowSlotsOut(items=[RoadshowSlotOut.model_validate(row) for row in rows])


async def _take(who: Changing, asked: StepAsked) -> RoadshowOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), RoadshowOut)


add_steps(router, StepRoutes("roadshow", RoadshowOut), STEPS, changing, _take)
add_history(router, "roadshow", "a roadshow", service.ROADSHOWS)
