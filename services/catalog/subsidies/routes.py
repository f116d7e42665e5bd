"""Subsidy schemes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.subsidies import service
from catalog.subsidies.filters import SubsidySchemeFilters
from catalog.subsidies.rules import SubsidySchemeAction
from catalog.subsidies.schemas import SubsidySchemeContent, SubsidySchemeOut
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/subsidy-schemes"
router = GuardedRouter(prefix=PATH, tags=["subsidies"], responses=problems(Unavailable))
STEPS = (
    PlainStep(SubsidySchemeAction.OPEN, "Open a subsidy scheme", "By who set it: claims are taken from now on."),
    PlainStep(
        SubsidySchemeAction.CLOSE,
        "Close a subsidy scheme",
        "By who set it: no more claims are taken; those filed are decided.",
        True,
    ),
)


@router.post(
    "", status_code=201, summary="Set up a subsidy scheme", responses=problems(Unauthenticated, Forbidden, TooLarge)
)
async def create_subsidy_scheme(
    body: SubsidySchemeContent, who: ChangingDep, once: OnceDep, response: Response
) -> SubsidySchemeOut:
    """With the role publisher: rate, caps, days of notice, when it opens and closes. Its terms stay as they are."""
    return once.keep(begun(response, PATH, await service.plan(who, body), SubsidySchemeOut))


@router.get("", summary="List subsidy schemes, newest first")
async def list_subsidy_schemes(
    listing: ListingDep, filters: Annotated[SubsidySchemeFilters, Query()]
) -> Page[SubsidySchemeOut]:
    return listed(listing, await service.page(listing.session, listing.page, filters), SubsidySchemeOut.model_validate)


@router.get("/{subsidy_scheme_id}", summary="Read a subsidy scheme", responses=problems(NotFound))
async def read_subsidy_scheme(subsidy_scheme_id: UUID, session: ReadSessionDep, response: Response) -> SubsidySchemeOut:
    return shown(response, await service.SCHEMES.read(session, None, subsidy_scheme_id), SubsidySchemeOut)


async def _take(who: Changing, asked: StepAsked) -> SubsidySchemeOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), SubsidySchemeOut)


add_steps(router, StepRoutes("subsidy_scheme", SubsidySchemeOut), STEPS, changing, _take)
add_history(router, "subsidy_scheme", "a subsidy scheme", service.SCHEMES)
