"""HTTP routes of dockings."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.etags import set_etag
from common.idempotency import OnceDep
from common.languages import LanguageDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter
from matcher.acts.acting import Acting
from matcher.acts.schemas import ActOut
from matcher.contacts.schemas import ContactReadOut, ContactsOut, ShareIn
from matcher.dockings import service, views
from matcher.dockings.filters import DockingFilters
from matcher.dockings.schemas import AgreementIn, DockingFiguresOut, DockingIn, DockingOut, FailureIn, FailureReasonsOut

router = GuardedRouter(prefix="/v1/dockings", tags=["dockings"])
_READ = problems(Unauthenticated, Forbidden, NotFound)
_ACT = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow)
MandateParameter = Annotated[
    UUID | None, Query(description="The mandate by which a broker acts; without one you act for yourself.")
]


async def _acting(caller: PrincipalDep, session: SessionDep, mandate_id: MandateParameter = None) -> Acting:
    return await service.acting_for(session, caller, mandate_id, now())


async def _reading(caller: PrincipalDep, session: ReadSessionDep, mandate_id: MandateParameter = None) -> Acting:
    return await service.acting_for(session, caller, mandate_id, now())


ActingDep = Annotated[Acting, Depends(_acting)]
"""Who acts, in the transaction of the request."""
ReadingDep = Annotated[Acting, Depends(_reading)]


@router.get("/failure-reasons")
async def list_failure_reasons() -> FailureReasonsOut:
    """The codes that a docking may be ended with."""
    return views.reasons()


@router.get("/figures")
async def list_docking_figures(session: ReadSessionDep) -> DockingFiguresOut:
    """How many dockings there are and how long they take, for everyone; no party is named."""
    return views.figures(await service.figures(session))


@router.post("", status_code=201, responses=_ACT)
async def open_docking(
    body: DockingIn, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep, response: Response
) -> DockingOut:
    """Talk to the other side of a match. Of two that open at once one does, the other is told which there is."""
    sitting = await service.open_on_match(session, who, body)
    shown = await views.one(session, sitting, language)
    set_etag(response, shown.version)
    response.headers["Location"] = f"/v1/dockings/{shown.id}"
    return once.keep(shown)


@router.get("", responses=problems(Unauthenticated, Forbidden, NotFound))
async def list_dockings(
    filters: Annotated[DockingFilters, Query()], who: ReadingDep, listing: ListingDep, language: LanguageDep
) -> Page[DockingOut]:
    """Those of your organisation, or of whom you act for, newest first."""
    seats = await service.listed(listing.session, who, filters, listing.page)
    shown = await views.shown(listing.session, seats, language)
    return listed(listing, shown, lambda row: row, lambda row: (row.opened_at, row.id))


@router.get("/{docking_id}", responses=_READ)
async def read_docking(
    docking_id: UUID, who: ReadingDep, session: ReadSessionDep, language: LanguageDep, response: Response
) -> DockingOut:
    """One docking with what is next, by whom, until when, and what you may do."""
    shown = await views.one(session, await service.shown(session, who, docking_id), language)
    set_etag(response, shown.version)
    return shown


@router.post("/{docking_id}/share-contact", responses=_ACT)
async def share_contact(
    docking_id: UUID, body: ShareIn, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """Let the other side see your contact, once it lets you see its own."""
    sitting = await service.share_contact(session, who, docking_id, body.contact)
    return once.keep(await views.one(session, sitting, language))


@router.post("/{docking_id}/agree", responses=_ACT)
async def agree_docking(
    docking_id: UUID, body: AgreementIn, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """After a meeting, say that you want to go on together. When both sides have, the docking is agreed."""
    sitting = await service.agree(session, who, docking_id, body.contact)
    return once.keep(await views.one(session, sitting, language))


@router.post("/{docking_id}/fail", responses=_ACT)
async def fail_docking(
    docking_id: UUID, body: FailureIn, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """End it without agreement, with a reason. A new docking can be opened on the match later."""
    sitting = await service.fail(session, who, docking_id, body.reason, body.text)
    return once.keep(await views.one(session, sitting, language))


@router.get("/{docking_id}/contacts", responses=_ACT)
async def list_contacts(docking_id: UUID, who: ActingDep, session: SessionDep) -> ContactsOut:
    """Both contacts, once both sides share theirs; that you saw them is on record for both."""
    return await service.reveal(session, who, docking_id)


@router.get("/{docking_id}/contact-reads", responses=_READ)
async def list_contact_reads(docking_id: UUID, who: ReadingDep, listing: ListingDep) -> Page[ContactReadOut]:
    """Who saw the contacts, newest first; both sides may read it."""
    found = await service.contact_reads(listing.session, who, docking_id, listing.page)
    return listed(listing, found, ContactReadOut.model_validate, lambda row: (row.at, row.id))


@router.get("/{docking_id}/acts", responses=_READ)
async def list_docking_acts(docking_id: UUID, who: ReadingDep, listing: ListingDep) -> Page[ActOut]:
    """All that was done in it, newest first: who, when, from which state to which, why, on whose behalf."""
    found = await service.history(listing.session, who, docking_id, listing.page)
    return listed(listing, found, ActOut.model_validate, lambda row: (row.at, row.id))
