"""Guarantee requests over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.guarantees import service
from catalog.guarantees.filters import GuaranteeFilters
from catalog.guarantees.rules import GuaranteeAction
from catalog.guarantees.schemas import GuaranteeAssignment, GuaranteeContent, GuaranteeOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_steps, add_taken
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/guarantees"
router = GuardedRouter(prefix=PATH, tags=["projects"], responses=problems(Unavailable, Unauthenticated))
STEPS = (
    PlainStep(GuaranteeAction.RESOLVE, "Resolve a request", "By whom it waits for: say what was done.", True),
    PlainStep(GuaranteeAction.REFUSE, "Refuse a request", "By whom it waits for, or a dispatcher: say why.", True),
    PlainStep(GuaranteeAction.WITHDRAW, "Withdraw a request", "By the lead unit."),
)


@router.post("", status_code=201, summary="Raise a guarantee request", responses=TAKING | problems(TooLarge))
async def create_guarantee(body: GuaranteeContent, who: ChangingDep, once: OnceDep, response: Response) -> GuaranteeOut:
    """By the lead unit of a project that goes on, or a dispatcher: what only an authority can give."""
    return once.keep(begun(response, PATH, await service.raise_request(who, body), GuaranteeOut))


@router.get("", summary="List guarantee requests, newest first")
async def list_guarantees(
    listing: ListingDep, caller: PrincipalDep, filters: Annotated[GuaranteeFilters, Query()]
) -> Page[GuaranteeOut]:
    """All to a dispatcher; to others those of projects that they lead, or that wait for them."""
    return listed(listing, await service.page(listing, caller, filters), GuaranteeOut.model_validate)


@router.get("/{guarantee_id}", summary="Read a guarantee request", responses=problems(NotFound))
async def read_guarantee(
    guarantee_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> GuaranteeOut:
    """For a dispatcher, the lead unit and whom it waits for; to others it is not there."""
    return shown(response, await service.GUARANTEES.read(session, caller, guarantee_id), GuaranteeOut)


@router.post("/{guarantee_id}/assign", summary="Assign a guarantee request", responses=TAKING | problems(TooLarge))
async def assign_guarantee(
    guarantee_id: UUID, body: GuaranteeAssignment, who: ChangingDep, once: OnceDep, response: Response
) -> GuaranteeOut:
    """By a dispatcher: say which organisation it waits for."""
    return once.keep(shown(response, await service.assign(who, guarantee_id, body), GuaranteeOut))


async def _take(who: Changing, asked: StepAsked) -> GuaranteeOut:
    request = await service.take(who, asked.record_id, asked.action, asked.reason)
    return shown(asked.response, request, GuaranteeOut)


add_steps(router, StepRoutes("guarantee", GuaranteeOut), STEPS, changing, _take)
add_taken(router, "guarantee", "a guarantee request", service.GUARANTEES)
