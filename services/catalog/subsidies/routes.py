"""Subsidy schemes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.subsidies import service
from catalog.subsidies.filters import SubsidySchemeFilters
from catalog.subsidies.models import SubsidyScheme
from catalog.subsidies.rules import SubsidySchemeAction
from catalog.subsidies.schemas import SubsidySchemeContent, SubsidySchemeOut
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.pagination import Page, PageDep, link_next, page_of
from common.problems import problems

router = APIRouter(prefix="/v1/subsidy-schemes", tags=["subsidies"], responses=problems(Unavailable))
STEPS = (
    PlainStep(SubsidySchemeAction.OPEN, "Open a subsidy scheme", "By who set it: claims are taken from now on."),
    PlainStep(
        SubsidySchemeAction.CLOSE,
        "Close a subsidy scheme",
        "By who set it: no more claims are taken; those filed are decided.",
        True,
    ),
)


def _shown(response: Response, scheme: SubsidyScheme) -> SubsidySchemeOut:
    set_etag(response, scheme.version)
    return SubsidySchemeOut.model_validate(scheme)


@router.post(
    "", status_code=201, summary="Set up a subsidy scheme", responses=problems(Unauthenticated, Forbidden, TooLarge)
)
async def create_subsidy_scheme(
    body: SubsidySchemeContent, who: ChangingDep, once: OnceDep, response: Response
) -> SubsidySchemeOut:
    """With the role publisher: rate, caps, days of notice, when it opens and closes. Its terms stay as they are."""
    scheme = await service.plan(who, body)
    response.headers["Location"] = f"/v1/subsidy-schemes/{scheme.id}"
    return once.keep(_shown(response, scheme))


@router.get("", summary="List subsidy schemes, newest first")
async def list_subsidy_schemes(
    page: PageDep,
    session: ReadSessionDep,
    request: Request,
    response: Response,
    filters: Annotated[SubsidySchemeFilters, Query()],
) -> Page[SubsidySchemeOut]:
    rows = await service.page(session, page, filters)
    shown = page_of(rows, page, lambda row: (row.created_at, row.id), SubsidySchemeOut.model_validate)
    link_next(request, response, shown.cursor)
    return shown


@router.get("/{subsidy_scheme_id}", summary="Read a subsidy scheme", responses=problems(NotFound))
async def read_subsidy_scheme(subsidy_scheme_id: UUID, session: ReadSessionDep, response: Response) -> SubsidySchemeOut:
    return _shown(response, await service.SCHEMES.read(session, None, subsidy_scheme_id))


async def _take(who: Changing, asked: StepAsked) -> SubsidySchemeOut:
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason))


add_steps(router, StepRoutes("subsidy_scheme", SubsidySchemeOut), STEPS, changing, _take)
add_history(router, "subsidy_scheme", "a subsidy scheme", service.SCHEMES)
