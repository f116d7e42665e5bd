"""HTTP routes of objections."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal, PrincipalDep, VisitorDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter
from matcher.acts.schemas import ActOut
from matcher.objections import service, views
from matcher.objections.filters import ObjectionFilters
from matcher.objections.models import FiledObjection
from matcher.objections.rules import ObjectionAction
from matcher.objections.schemas import DecisionIn, ObjectionAnswerIn, ObjectionIn, ObjectionOut, OwnObjectionOut
from matcher.objections.service import ObjectionStep

router = GuardedRouter(prefix="/v1/objections", tags=["objections"])
_TAKING = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


class _Taking(NamedTuple):
    """Who takes a step, and how that is answered."""

    session: AsyncSession
    caller: Principal
    response: Response

    async def take(self, objection_id: UUID, action: ObjectionAction, words: str | None = None) -> OwnObjectionOut:
        at = now()
        objection = await service.take(self.session, self.caller, objection_id, ObjectionStep(action, words), at)
        set_etag(self.response, objection.version)
        # Whoever may take a step sees all of it.
        return await _own(self.session, self.caller, objection, at)


async def _own(session: AsyncSession, caller: Principal, objection: FiledObjection, at: datetime) -> OwnObjectionOut:
    standing = await service.standing(session, caller, objection)
    return OwnObjectionOut.model_validate(views.shown(objection, standing, at))


async def _taking(session: SessionDep, caller: PrincipalDep, response: Response) -> _Taking:
    return _Taking(session, caller, response)


TakingDep = Annotated[_Taking, Depends(_taking)]


@router.post("", status_code=201, responses=_TAKING)
async def create_objection(
    body: ObjectionIn, caller: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> OwnObjectionOut:
    """Object to a ranking, to an entry of a list, or to how fair a demand is. An organisation has one open objection to
    each of these for a demand. The receipts that it names are kept until it is withdrawn."""
    at = now()
    objection = await service.file(session, caller, body, at)
    set_etag(response, objection.version)
    response.headers["Location"] = f"/v1/objections/{objection.id}"
    return once.keep(await _own(session, caller, objection, at))


@router.get("", openapi_extra=_TOKEN_OPTIONAL, responses=problems(Unauthenticated))
async def list_objections(
    filters: Annotated[ObjectionFilters, Query()], visitor: VisitorDep, listing: ListingDep
) -> Page[ObjectionOut]:
    """All of them as everyone reads them, newest first."""
    at = now()
    found = await service.listed(listing.session, visitor, filters, listing.page)
    return listed(listing, found, lambda row: views.public(row, at), lambda row: (row.filed_at, row.id))


@router.get("/{objection_id}", openapi_extra=_TOKEN_OPTIONAL, responses=problems(Unauthenticated, NotFound))
async def read_objection(
    objection_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response
) -> OwnObjectionOut | ObjectionOut:
    """For everyone: what it is about, how far it is, by when, and the decision. Who objects, operators, reviewers and
    auditors read all of it, with the receipts that they may replay."""
    objection = await service.read(session, objection_id)
    set_etag(response, objection.version)
    standing = await service.standing(session, visitor, objection) if visitor else None
    return views.shown(objection, standing, now())


@router.get("/{objection_id}/steps", responses=problems(Unauthenticated, Forbidden, NotFound))
async def list_objection_steps(objection_id: UUID, caller: PrincipalDep, listing: ListingDep) -> Page[ActOut]:
    """All that was done in it, newest first: who, when, from which state to which, and what they wrote."""
    found = await service.steps(listing.session, caller, objection_id, listing.page)
    return listed(listing, found, ActOut.model_validate, lambda row: (row.at, row.id))


@router.post("/{objection_id}/accept", responses=_TAKING)
async def accept_objection(objection_id: UUID, taking: TakingDep, once: OnceDep) -> OwnObjectionOut:
    """By an operator that is no interested party, which are who objects, the owner of the demand, and whom a named
    receipt shows: it will be answered."""
    return once.keep(await taking.take(objection_id, ObjectionAction.ACCEPT))


@router.post("/{objection_id}/answer", responses=_TAKING)
async def answer_objection(
    objection_id: UUID, body: ObjectionAnswerIn, taking: TakingDep, once: OnceDep
) -> OwnObjectionOut:
    """By an operator that is no interested party, for who objects."""
    return once.keep(await taking.take(objection_id, ObjectionAction.ANSWER, body.answer))


@router.post("/{objection_id}/uphold", responses=_TAKING)
async def uphold_objection(objection_id: UUID, body: DecisionIn, taking: TakingDep, once: OnceDep) -> OwnObjectionOut:
    """By a reviewer that is no interested party and another person than who answered; everyone reads the
    decision. Who edits a list or justified a passage is not known here: have another decide it."""
    return once.keep(await taking.take(objection_id, ObjectionAction.UPHOLD, body.decision))


@router.post("/{objection_id}/reject", responses=_TAKING)
async def reject_objection(objection_id: UUID, body: DecisionIn, taking: TakingDep, once: OnceDep) -> OwnObjectionOut:
    """Likewise; also of one that was not accepted, because it is none."""
    return once.keep(await taking.take(objection_id, ObjectionAction.REJECT, body.decision))


@router.post("/{objection_id}/withdraw", responses=_TAKING)
async def withdraw_objection(objection_id: UUID, taking: TakingDep, once: OnceDep) -> OwnObjectionOut:
    """By who objects, before it is decided."""
    return once.keep(await taking.take(objection_id, ObjectionAction.WITHDRAW))
