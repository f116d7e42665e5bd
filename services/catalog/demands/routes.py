"""Demands over HTTP."""

from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service
from catalog.demands.filters import DemandFilters
from catalog.demands.models import Demand
from catalog.demands.public import owner_headers, public_headers
from catalog.demands.rules import Bounds
from catalog.demands.schemas import (
    Amendment,
    DemandContent,
    DemandOut,
    DraftedOut,
    OwnDemandOut,
    RepeatedOut,
    VersionOut,
    Withdrawal,
    demand_json,
    version_json,
)
from common.auth import Principal, PrincipalDep, VisitorDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import (
    Forbidden,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from common.etags import IfMatchDep, IfNoneMatch, is_known, set_etag
from common.hot import json_reply
from common.idempotency import OnceDep
from common.pagination import Page, PageDep
from common.problems import problems
from common.rawjson import json_page

router = APIRouter(prefix="/v1/demands", tags=["demands"], responses=problems(Unavailable))
_DRAFTING = problems(Unauthenticated, Forbidden, TooLarge)
_MOVING = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow)
_REWRITING = _MOVING | problems(TooLarge, Stale, PreconditionRequired)
_READING = problems(Unauthenticated, NotFound)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
"""One more way to call, beside the token that the parameters already ask for."""


class Editing(NamedTuple):
    """What every change of a demand needs: the transaction, who asks, and what content is held against."""

    session: AsyncSession
    caller: Principal
    bounds: Bounds


async def _editing(request: Request, session: SessionDep, caller: PrincipalDep) -> Editing:
    return Editing(session, caller, Bounds(at=now(), tracks=request.app.state.settings.platform.tracks))


EditingDep = Annotated[Editing, Depends(_editing)]


def _to_owner(response: Response, demand: Demand) -> OwnDemandOut:
    set_etag(response, demand.version)
    return OwnDemandOut.model_validate(demand)


def _named(response: Response, demand: Demand) -> dict[str, Any]:
    """The fields of a reply to the owner; sets the ETag."""
    set_etag(response, demand.version)
    return OwnDemandOut.model_validate(demand).model_dump()


@router.post("", status_code=201, summary="Draft a demand", responses=_DRAFTING)
async def create_demand(
    body: DemandContent, editing: EditingDep, once: OnceDep, request: Request, response: Response
) -> DraftedOut:
    """Only its owner, the token's organisation, sees a draft. A scenario takes the role publisher, the other kinds
    publisher or enterprise. The reply says where the draft can be reviewed before it is published."""
    demand = await service.draft(editing.session, editing.caller, body, editing.bounds)
    response.headers["Location"] = f"/v1/demands/{demand.id}"
    same_as, review = await service.repeated(editing.session, demand), request.app.state.settings.review_url
    return once.keep(DraftedOut(**_named(response, demand), same_as=same_as, review=review))


@router.get(
    "",
    summary="List demands, newest first",
    response_model=Page[DemandOut],
    responses=problems(Unauthenticated),
    openapi_extra=_TOKEN_OPTIONAL,
)
async def list_demands(
    filters: Annotated[DemandFilters, Query()],
    page: PageDep,
    visitor: VisitorDep,
    session: ReadSessionDep,
    request: Request,
) -> Response:
    """Demands that are or were public; narrow with `state=published` to those open now. No token is needed, except
    for `mine`."""
    rows = await service.page(session, filters, visitor, page, request.app.state.settings.platform.tracks)
    request.app.state.public.remember(request.scope["query_string"], filters, page)
    moment = "created_at" if filters.mine else "published_at"
    return json_page(request, page, rows, lambda row: (row[moment], row["id"]), demand_json)


@router.get(
    "/{demand_id}",
    summary="Read a demand",
    response_model=OwnDemandOut | DemandOut,
    responses={**_READING, 304: {"description": "The reader has it already"}},
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_demand(
    demand_id: UUID, visitor: VisitorDep, session: ReadSessionDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Its owner also gets the contact, and sees it before publication; to others an unpublished demand is not there."""
    row = await service.read(session, visitor, demand_id)
    if service.is_own(visitor, row):
        # Always whole: who knows the public text need not know the contact.
        return json_reply(demand_json(row, to_owner=True), owner_headers(row["version"]))
    headers = public_headers(row["version"], row["owner_name"])
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return json_reply(demand_json(row), headers)


@router.get(
    "/{demand_id}/versions",
    summary="Read a demand's public history",
    response_model=Page[VersionOut],
    responses=_READING,
    openapi_extra=_TOKEN_OPTIONAL,
)
async def list_demand_versions(
    demand_id: UUID, page: PageDep, visitor: VisitorDep, session: ReadSessionDep, request: Request
) -> Response:
    """Each public step with its reason and the text as it stood then, newest first."""
    rows = await service.versions(session, visitor, demand_id, page)
    return json_page(request, page, rows, lambda row: (row["changed_at"], row["id"]), version_json)


@router.put("/{demand_id}", summary="Replace a draft", responses=_REWRITING)
async def replace_demand(
    demand_id: UUID, body: DemandContent, editing: EditingDep, expected: IfMatchDep, response: Response
) -> OwnDemandOut:
    """A submitted demand becomes a draft again. Once published, amend it instead."""
    demand = await service.replace(editing.session, editing.caller, demand_id, body, expected, editing.bounds)
    return _to_owner(response, demand)


@router.post("/{demand_id}/submit", summary="Submit a draft", responses=_MOVING)
async def submit_demand(demand_id: UUID, editing: EditingDep, once: OnceDep, response: Response) -> OwnDemandOut:
    """Say that a draft is ready. Repeating the call changes nothing."""
    demand = await service.submit(editing.session, editing.caller, demand_id, editing.bounds.at)
    return once.keep(_to_owner(response, demand))


@router.post("/{demand_id}/publish", summary="Publish a submitted demand", responses=_MOVING)
async def publish_demand(demand_id: UUID, editing: EditingDep, once: OnceDep, response: Response) -> RepeatedOut:
    """Open a demand to everyone and to matching. Repeating the call changes nothing; the reply names an earlier demand
    that says the same."""
    demand = await service.publish(editing.session, editing.caller, demand_id, editing.bounds.at)
    same_as = await service.repeated(editing.session, demand)
    return once.keep(RepeatedOut(**_named(response, demand), same_as=same_as))


@router.post("/{demand_id}/amend", summary="Amend a published demand", responses=_REWRITING)
async def amend_demand(
    demand_id: UUID, body: Amendment, editing: EditingDep, expected: IfMatchDep, once: OnceDep, response: Response
) -> OwnDemandOut:
    """Change what the body names, with a reason that everyone sees; what it leaves out stays. The kind cannot
    change."""
    demand = await service.amend(editing.session, editing.caller, demand_id, body, expected, editing.bounds)
    return once.keep(_to_owner(response, demand))


@router.post("/{demand_id}/close", summary="Close a published demand", responses=_MOVING)
async def close_demand(demand_id: UUID, editing: EditingDep, once: OnceDep, response: Response) -> OwnDemandOut:
    """End it before, or without, a closing time. Repeating the call changes nothing."""
    demand = await service.close(editing.session, editing.caller, demand_id, editing.bounds.at)
    return once.keep(_to_owner(response, demand))


@router.post("/{demand_id}/withdraw", summary="Withdraw a demand", responses=_MOVING)
async def withdraw_demand(
    demand_id: UUID, editing: EditingDep, once: OnceDep, response: Response, body: Withdrawal | None = None
) -> OwnDemandOut:
    """Take a draft or a published demand back. A reason, if given, is shown to everyone who could see the demand.
    Repeating the call changes nothing."""
    reason = body.reason if body else None
    demand = await service.withdraw(editing.session, editing.caller, demand_id, reason, editing.bounds.at)
    return once.keep(_to_owner(response, demand))
