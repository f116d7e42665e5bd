"""Solicitations over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from catalog.demands.routes import EditingDep
from catalog.history.schemas import AuditOut, audit_json
from catalog.solicitations import service
from catalog.solicitations.schemas import (
    Extension,
    OwnSolicitationOut,
    Panel,
    SolicitationContent,
    SolicitationOut,
)
from common.auth import PrincipalDep, VisitorDep
from common.contracts.words import SolicitationState
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page, PageDep
from common.problems import problems
from common.rawjson import json_page
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/solicitations", tags=["solicitations"], responses=problems(Unavailable))
_CHANGING = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge)
_READING = problems(Unauthenticated, NotFound)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


@router.post("", status_code=201, summary="Call for solutions to a demand", responses=_CHANGING)
async def create_solicitation(
    body: SolicitationContent, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By the owner of a published demand, for everyone to read. What is answered are its clauses as they are now: an
    amendment of the demand changes no solicitation. A demand has one that is not cancelled."""
    solicitation = await service.open_(editing, body)
    response.headers["Location"] = f"/v1/solicitations/{solicitation.id}"
    set_etag(response, solicitation.version)
    return once.keep(SolicitationOut.model_validate(solicitation))


@router.get("", summary="List solicitations, newest first")
async def list_solicitations(
    listing: ListingDep, demand_id: UUID | None = None, state: SolicitationState | None = None
) -> Page[SolicitationOut]:
    """All of them, or those on a demand or in a state."""
    rows = await service.page(listing.session, demand_id, state, listing.page)
    return listed(listing, rows, SolicitationOut.model_validate)


@router.get("/{solicitation_id}", summary="Read a solicitation", responses=_READING, openapi_extra=_TOKEN_OPTIONAL)
async def read_solicitation(
    solicitation_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> OwnSolicitationOut | SolicitationOut:
    """Its owner also reads who evaluates. The result is there once it is published."""
    solicitation, evaluators = await service.read(session, visitor, solicitation_id)
    set_etag(response, solicitation.version)
    public = SolicitationOut.model_validate(solicitation)
    if evaluators is None:
        return public
    return OwnSolicitationOut.model_validate({**public.model_dump(), "evaluators": evaluators})


@router.get(
    "/{solicitation_id}/steps",
    summary="List who took which step of a solicitation",
    response_model=Page[AuditOut],
    responses=_READING,
)
async def list_solicitation_steps(
    solicitation_id: UUID, page: PageDep, caller: PrincipalDep, session: ReadSessionDep, request: Request
) -> Response:
    """Every step, newest first, declarations and scores included; for its owner."""
    rows = await service.steps(session, caller, solicitation_id, page)
    return json_page(request, page, rows, lambda row: (row["at"], row["id"]), audit_json)


@router.post("/{solicitation_id}/extend", summary="Extend a deadline", responses=_CHANGING)
async def extend_solicitation(
    solicitation_id: UUID, body: Extension, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By its owner, before the deadline; for a reason that everyone reads."""
    solicitation = await service.extend(editing, solicitation_id, body)
    set_etag(response, solicitation.version)
    return once.keep(SolicitationOut.model_validate(solicitation))


@router.post("/{solicitation_id}/appoint", summary="Name evaluators", responses=_CHANGING)
async def appoint_evaluators(
    solicitation_id: UUID, body: Panel, editing: EditingDep, once: OnceDep, response: Response
) -> SolicitationOut:
    """By its owner, until solutions are shortlisted. Each is known by organisation and `sub` of their token; nobody
    is taken off."""
    solicitation = await service.appoint(editing, solicitation_id, body)
    set_etag(response, solicitation.version)
    return once.keep(SolicitationOut.model_validate(solicitation))
