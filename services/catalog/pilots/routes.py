"""Pilot bookings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.pilots import service
from catalog.pilots.filters import PilotFilters
from catalog.pilots.rules import PilotAction
from catalog.pilots.schemas import PilotContent, PilotDelivery, PilotOut, PilotQuote
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_steps, add_taken
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/pilots"
router = GuardedRouter(prefix=PATH, tags=["pilots"], responses=problems(Unavailable, Unauthenticated))
STEPS = (
    PlainStep(PilotAction.DECLINE, "Decline a pilot", "By the base, before it is booked.", True),
    PlainStep(PilotAction.CANCEL, "Cancel a pilot", "By who asked; once it is booked by the base too.", True),
)


@router.post("", status_code=201, summary="Ask for a pilot", responses=TAKING | problems(TooLarge))
async def create_pilot(body: PilotContent, who: ChangingDep, once: OnceDep, response: Response) -> PilotOut:
    """With the role enterprise or publisher, of an open pilot line."""
    return once.keep(begun(response, PATH, await service.ask(who, body), PilotOut))


@router.get("", summary="List pilot bookings, newest first")
async def list_pilots(
    listing: ListingDep, caller: PrincipalDep, filters: Annotated[PilotFilters, Query()]
) -> Page[PilotOut]:
    """Those that you asked for, and those that your lines are asked for."""
    return listed(listing, await service.page(listing, caller, filters), PilotOut.model_validate)


@router.get("/{pilot_id}", summary="Read a pilot booking", responses=problems(NotFound))
async def read_pilot(pilot_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response) -> PilotOut:
    """For who asked and the base; to others it is not there."""
    return shown(response, await service.PILOTS.read(session, caller, pilot_id), PilotOut)


@router.post("/{pilot_id}/quote", summary="Quote a pilot", responses=TAKING | problems(TooLarge))
async def quote_pilot(
    pilot_id: UUID, body: PilotQuote, who: ChangingDep, once: OnceDep, response: Response
) -> PilotOut:
    """By the base: price, days, and until when the quote is valid."""
    return once.keep(shown(response, await service.quote(who, pilot_id, body), PilotOut))


@router.post("/{pilot_id}/book", summary="Book a pilot", responses=TAKING | problems(Stale, PreconditionRequired))
async def book_pilot(
    pilot_id: UUID, who: ChangingDep, expected: IfMatchDep, once: OnceDep, response: Response
) -> PilotOut:
    """By who asked, while the quote that they read is valid. When no unit is free on its days, the refusal says which
    days are."""
    return once.keep(shown(response, await service.book(who, pilot_id, expected), PilotOut))


@router.post("/{pilot_id}/deliver", summary="Deliver a pilot", responses=TAKING | problems(TooLarge))
async def deliver_pilot(
    pilot_id: UUID, body: PilotDelivery, who: ChangingDep, once: OnceDep, response: Response
) -> PilotOut:
    """By the base: which readiness level was reached, and how that was seen."""
    return once.keep(shown(response, await service.deliver(who, pilot_id, body), PilotOut))


async def _take(who: Changing, asked: StepAsked) -> PilotOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), PilotOut)


add_steps(router, StepRoutes("pilot", PilotOut), STEPS, changing, _take)
add_taken(router, "pilot", "a pilot booking", service.PILOTS)
