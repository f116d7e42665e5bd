"""Policies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from catalog.demands.schemas import DemandOut, demand_json
from catalog.policies import service
from catalog.policies.filters import PolicyFilters
from catalog.policies.rules import PolicyAction
from catalog.policies.schemas import PolicyContent, PolicyExtension, PolicyOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.rawjson import json_page
from common.routing import GuardedRouter

PATH = "/v1/policies"
router = GuardedRouter(prefix=PATH, tags=["policies"], responses=problems(Unavailable))
STEPS = (PlainStep(PolicyAction.EXPIRE, "End a policy", "By who entered it: demands name it no more.", True),)


@router.post("", status_code=201, summary="Enter a policy", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_policy(
    body: PolicyContent, who: ChangingDep, once: OnceDep, request: Request, response: Response
) -> PolicyOut:
    """With the role publisher. Its text stays where it is published; here is where, what kind it is, and until when it
    is in force."""
    policy = await service.enter(who, body, request.app.state.settings.platform.tracks)
    return once.keep(begun(response, PATH, policy, PolicyOut))


@router.get("", summary="List policies, newest first")
async def list_policies(listing: ListingDep, filters: Annotated[PolicyFilters, Query()]) -> Page[PolicyOut]:
    """All, or those in a state, of a type, for a track."""
    known = listing.request.app.state.settings.platform.tracks
    return listed(listing, await service.page(listing.session, listing.page, filters, known), PolicyOut.model_validate)


@router.get("/{policy_id}", summary="Read a policy", responses=problems(NotFound))
async def read_policy(policy_id: UUID, session: ReadSessionDep, response: Response) -> PolicyOut:
    """Also one that has ended: demands that named it still do."""
    return shown(response, await service.POLICIES.read(session, None, policy_id), PolicyOut)


@router.get(
    "/{policy_id}/demands",
    summary="List demands that name a policy, newest first",
    response_model=Page[DemandOut],
    responses=problems(NotFound),
)
async def list_policy_demands(policy_id: UUID, listing: ListingDep) -> Response:
    """The public ones, as `GET /v1/demands?policy_id=` lists them."""
    rows = await service.demands_naming(listing.session, policy_id, listing.page)
    return json_page(listing.request, listing.page, rows, lambda row: (row["published_at"], row["id"]), demand_json)


@router.post("/{policy_id}/extend", summary="Extend a policy", responses=TAKING | problems(TooLarge))
async def extend_policy(
    policy_id: UUID, body: PolicyExtension, who: ChangingDep, once: OnceDep, response: Response
) -> PolicyOut:
    """By who entered it, for a reason that everyone reads."""
    return once.keep(shown(response, await service.extend(who, policy_id, body), PolicyOut))


async def _take(who: Changing, asked: StepAsked) -> PolicyOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), PolicyOut)


add_steps(router, StepRoutes("policy", PolicyOut), STEPS, changing, _take)
add_history(router, "policy", "a policy", service.POLICIES)
