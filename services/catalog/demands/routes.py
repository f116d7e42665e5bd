"""Demands over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from catalog.demands import service
from catalog.demands.filters import DemandFilters
from catalog.demands.models import Demand
from catalog.demands.public import owner_headers, public_headers
from catalog.demands.rules import Action
from catalog.demands.schemas import (
    Amendment,
    DemandContent,
    DemandOut,
    DraftedOut,
    EditsRequest,
    Merger,
    OwnDemandOut,
    RepeatedOut,
    Shown,
    VersionOut,
    demand_json,
    version_json,
)
from catalog.demands.steps import Editing
from catalog.demands.terms import Bounds
from catalog.fairness.turns import LongCheckTurnDep
from catalog.history.schemas import AuditOut, audit_json
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
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/demands", tags=["demands"], responses=problems(Unavailable))
_DRAFTING = problems(Unauthenticated, Forbidden, NotFound, TooLarge)
MOVING = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow)
_REWRITING = MOVING | problems(TooLarge, Stale, PreconditionRequired)
_READING = problems(Unauthenticated, NotFound)
_OWN = problems(Unauthenticated, Forbidden, NotFound)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}
"""One more way to call, beside the token that the parameters already ask for."""


async def editing(request: Request, session: SessionDep, caller: PrincipalDep) -> Editing:
    settings = request.app.state.settings
    bounds = Bounds(at=now(), tracks=settings.platform.tracks, needs_review=settings.review_required)
    return Editing(session, caller, bounds)


EditingDep = Annotated[Editing, Depends(editing)]


def shown(response: Response, demand: Demand, caller: Principal) -> OwnDemandOut:
    """The reply to a change; sets the ETag. The contact is for the owner alone."""
    set_etag(response, demand.version)
    whole = OwnDemandOut.model_validate(demand)
    return whole if demand.owner_key == caller.organisation else whole.model_copy(update={"contact": None})


@router.post("", status_code=201, summary="Draft a demand", responses=_DRAFTING)
async def create_demand(
    body: DemandContent, editing: EditingDep, once: OnceDep, request: Request, response: Response
) -> DraftedOut:
    """Only its owner, the token's organisation, sees a draft. A scenario takes the role publisher, the other kinds
    publisher or enterprise. The reply says where the draft can be reviewed before it is published."""
    demand = await service.draft(editing, body)
    return once.keep(await _drafted(editing, demand, request, response))


async def _drafted(editing: Editing, demand: Demand, request: Request, response: Response) -> DraftedOut:
    response.headers["Location"] = f"/v1/demands/{demand.id}"
    fields = shown(response, demand, editing.caller).model_dump()
    same_as = await service.repeated(editing.session, demand)
    return DraftedOut(**fields, same_as=same_as, review=request.app.state.settings.review_url)


@router.post("/{demand_id}/copy", status_code=201, summary="Draft a copy of a demand", responses=_DRAFTING)
async def copy_demand(
    demand_id: UUID, editing: EditingDep, once: OnceDep, request: Request, response: Response
) -> DraftedOut:
    """A new draft of yours that says what another demand says, whatever became of that one: any of your own, a
    withdrawn one too, and any public one, of which you do not get the contact. Times that have passed are left out."""
    return once.keep(await _drafted(editing, await service.copy(editing, demand_id), request, response))


@router.get(
    "",
    summary="List demands, newest first",
    response_model=Page[DemandOut],
    responses=problems(Unauthenticated, Forbidden),
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
    moment = "published_at" if filters.is_public else "created_at"
    return json_page(request, page, rows, lambda row: (row[moment], row["id"]), demand_json)


@router.get(
    "/{demand_id}",
    summary="Read a demand",
    response_model=OwnDemandOut | DemandOut,
    responses={
        **_READING,
        304: {"description": "The reader has it already"},
        308: {"description": "It was merged into the demand that `Location` names"},
    },
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_demand(
    demand_id: UUID, visitor: VisitorDep, session: ReadSessionDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Its owner also gets the contact, and sees it before publication, as reviewers do once it is submitted; to others
    an unpublished demand is not there. Whoever asks for one that was merged is sent to the one that stands for it."""
    row = await service.read(session, visitor, demand_id)
    if service.is_own(visitor, row):
        # Always whole: who knows the public text need not know the contact.
        own = service.with_contact(session, row)
        return json_reply(demand_json(own, Shown.OWNER), owner_headers(row["version"]))
    if row["merged_into"] is not None:
        return Response(status_code=308, headers={"Location": f"/v1/demands/{row['merged_into']}"})
    if row["published_at"] is None:
        return json_reply(demand_json(row, Shown.REVIEWER), owner_headers(row["version"]))
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


@router.get("/{demand_id}/steps", summary="List who took which step", response_model=Page[AuditOut], responses=_OWN)
async def list_demand_steps(
    demand_id: UUID, page: PageDep, caller: PrincipalDep, session: ReadSessionDep, request: Request
) -> Response:
    """Every step, public or not, newest first, for the owner, reviewers and operators: who took it, when, from which
    state to which, and why."""
    rows = await service.audit(session, caller, demand_id, page)
    return json_page(request, page, rows, lambda row: (row["at"], row["id"]), audit_json)


@router.put("/{demand_id}", summary="Replace a draft", responses=_REWRITING)
async def replace_demand(
    demand_id: UUID, body: DemandContent, editing: EditingDep, expected: IfMatchDep, response: Response
) -> OwnDemandOut:
    """A submitted demand becomes a draft again, one that edits were asked for stays so. Once published, amend it."""
    demand = await service.replace(editing, demand_id, body, expected)
    return shown(response, demand, editing.caller)


@router.post("/{demand_id}/publish", summary="Publish a submitted demand", responses=MOVING)
async def publish_demand(
    demand_id: UUID, _turn: LongCheckTurnDep, editing: EditingDep, once: OnceDep, response: Response
) -> RepeatedOut:
    """Open a demand to everyone and to matching, where no review is asked for. Repeating the call changes nothing; the
    reply names an earlier demand that says the same."""
    demand = await service.take(editing, demand_id, Action.PUBLISH)
    same_as = await service.repeated(editing.session, demand)
    return once.keep(RepeatedOut(**shown(response, demand, editing.caller).model_dump(), same_as=same_as))


@router.post("/{demand_id}/amend", summary="Amend a published demand", responses=_REWRITING)
async def amend_demand(
    demand_id: UUID,
    body: Amendment,
    _turn: LongCheckTurnDep,
    editing: EditingDep,
    expected: IfMatchDep,
    once: OnceDep,
    response: Response,
) -> OwnDemandOut:
    """Change what the body names, with a reason that everyone sees; what it leaves out stays. The kind cannot
    change. What became different is in the history and in the event."""
    demand = await service.amend(editing, demand_id, body, expected)
    return once.keep(shown(response, demand, editing.caller))


@router.post("/{demand_id}/request-edits", summary="Send a demand back for edits", responses=MOVING)
async def request_demand_edits(
    demand_id: UUID, body: EditsRequest, editing: EditingDep, once: OnceDep, response: Response
) -> OwnDemandOut:
    """By a reviewer, with comments on fields that the owner alone reads."""
    demand = await service.request_edits(editing, demand_id, body)
    return once.keep(shown(response, demand, editing.caller))


@router.post("/{demand_id}/merge", summary="Merge a demand into another", responses=MOVING)
async def merge_demand(
    demand_id: UUID, body: Merger, editing: EditingDep, once: OnceDep, response: Response
) -> OwnDemandOut:
    """By its owner or a reviewer: another public demand stands for it, and whoever asks for it is sent there."""
    demand = await service.merge(editing, demand_id, body)
    return once.keep(shown(response, demand, editing.caller))
