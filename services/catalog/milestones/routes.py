"""Milestones over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.milestones import service
from catalog.milestones.filters import MilestoneFilters
from catalog.milestones.rules import MilestoneAction
from catalog.milestones.schemas import Assessment, MilestoneContent, MilestoneOut, Rescheduling
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/milestones"
router = GuardedRouter(prefix=PATH, tags=["projects"], responses=problems(Unavailable))
STEPS = (PlainStep(MilestoneAction.REPORT, "Report on a milestone", "By the lead unit: how far it is.", True),)


@router.post("", status_code=201, summary="Schedule a milestone", responses=TAKING | problems(TooLarge))
async def create_milestone(body: MilestoneContent, who: ChangingDep, once: OnceDep, response: Response) -> MilestoneOut:
    """By a dispatcher or the lead unit, of a project that goes on."""
    return once.keep(begun(response, PATH, await service.schedule(who, body), MilestoneOut))


@router.get("", summary="List milestones, newest first")
async def list_milestones(listing: ListingDep, filters: Annotated[MilestoneFilters, Query()]) -> Page[MilestoneOut]:
    """All, or those of a project, or in a state."""
    return listed(listing, await service.page(listing, filters), MilestoneOut.model_validate)


@router.get("/{milestone_id}", summary="Read a milestone", responses=problems(NotFound))
async def read_milestone(milestone_id: UUID, session: ReadSessionDep, response: Response) -> MilestoneOut:
    return shown(response, await service.MILESTONES.read(session, None, milestone_id), MilestoneOut)


@router.post("/{milestone_id}/reschedule", summary="Reschedule a milestone", responses=TAKING | problems(TooLarge))
async def reschedule_milestone(
    milestone_id: UUID, body: Rescheduling, who: ChangingDep, once: OnceDep, response: Response
) -> MilestoneOut:
    """By a dispatcher, before it is assessed, for a reason that everyone reads."""
    return once.keep(shown(response, await service.reschedule(who, milestone_id, body), MilestoneOut))


@router.post("/{milestone_id}/assess", summary="Assess a milestone", responses=TAKING | problems(TooLarge))
async def assess_milestone(
    milestone_id: UUID, body: Assessment, who: ChangingDep, once: OnceDep, response: Response
) -> MilestoneOut:
    """By a dispatcher. What was partially met, or not, may be met later."""
    return once.keep(shown(response, await service.assess(who, milestone_id, body), MilestoneOut))


async def _take(who: Changing, asked: StepAsked) -> MilestoneOut:
    milestone = await service.take(who, asked.record_id, asked.action, asked.reason)
    return shown(asked.response, milestone, MilestoneOut)


add_steps(router, StepRoutes("milestone", MilestoneOut), STEPS, changing, _take)
add_history(router, "milestone", "a milestone", service.MILESTONES)
