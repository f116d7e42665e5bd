"""HTTP routes of mandates."""

from uuid import UUID

from fastapi import Response

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import NotAllowedNow, NotFound, Unauthenticated
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter
from matcher.mandates import service
from matcher.mandates.schemas import MandateIn, MandateOut

router = GuardedRouter(prefix="/v1/mandates", tags=["dockings"], responses=problems(Unauthenticated))


@router.post("", status_code=201)
async def create_mandate(
    body: MandateIn, caller: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> MandateOut:
    """Let a broker act for your organisation in dockings."""
    at = now()
    mandate = await service.give(session, caller, body, at)
    set_etag(response, mandate.version)
    response.headers["Location"] = f"/v1/mandates/{mandate.id}"
    return once.keep(MandateOut.of(mandate, at))


@router.get("")
async def list_mandates(caller: PrincipalDep, listing: ListingDep) -> Page[MandateOut]:
    """Those your organisation gave or holds, newest first."""
    at = now()
    found = await service.listed(listing.session, caller, listing.page)
    return listed(listing, found, lambda row: MandateOut.of(row, at), lambda row: (row.given_at, row.id))


@router.get("/{mandate_id}", responses=problems(NotFound))
async def read_mandate(
    mandate_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> MandateOut:
    mandate = await service.shown(session, caller, mandate_id)
    set_etag(response, mandate.version)
    return MandateOut.of(mandate, now())


@router.post("/{mandate_id}/revoke", responses=problems(NotFound, NotAllowedNow))
async def revoke_mandate(
    mandate_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> MandateOut:
    """End a mandate at once; its giver may, and the broker. Repeating the call changes nothing."""
    at = now()
    mandate = await service.revoke(session, caller, mandate_id, at)
    set_etag(response, mandate.version)
    return once.keep(MandateOut.of(mandate, at))
