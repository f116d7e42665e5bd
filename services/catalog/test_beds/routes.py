"""Test beds and their slots over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from catalog.test_beds import service
from catalog.test_beds.filters import TestBedFilters
from catalog.test_beds.rules import TestBedAction
from catalog.test_beds.schemas import TestBedContent, TestBedOut, TestSlotOut, TestSlotsIn, TestSlotsOut
from common.clock import now
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/test-beds"
router = GuardedRouter(prefix=PATH, tags=["validations"], responses=problems(Unavailable))
STEPS = (
    PlainStep(
        TestBedAction.CLOSE, "Close a test bed", "By its host: it takes no more validations; those it took go on."
    ),
    PlainStep(TestBedAction.REOPEN, "Reopen a test bed", "By its host."),
)


@router.post("", status_code=201, summary="Open a test bed", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_test_bed(body: TestBedContent, who: ChangingDep, once: OnceDep, response: Response) -> TestBedOut:
    """With the role publisher; the caller's organisation is its host."""
    return once.keep(begun(response, PATH, await service.open_(who, body), TestBedOut))


@router.get("", summary="List test beds, newest first")
async def list_test_beds(listing: ListingDep, filters: Annotated[TestBedFilters, Query()]) -> Page[TestBedOut]:
    """All, or those in a state, of a domain, in a division, of a data class."""
    return listed(listing, await service.page(listing.session, listing.page, filters), TestBedOut.model_validate)


@router.get("/{test_bed_id}", summary="Read a test bed", responses=problems(NotFound))
async def read_test_bed(test_bed_id: UUID, session: ReadSessionDep, response: Response) -> TestBedOut:
    return shown(response, await service.TEST_BEDS.read(session, None, test_bed_id), TestBedOut)


@router.put(
    "/{test_bed_id}",
    summary="Change a test bed",
    responses=TAKING | problems(PreconditionRequired, Stale, TooLarge),
)
async def replace_test_bed(
    test_bed_id: UUID, body: TestBedContent, who: ChangingDep, expected: IfMatchDep, response: Response
) -> TestBedOut:
    """By its host. Slots that were offered keep their capacity."""
    return shown(response, await service.replace(who, test_bed_id, body, expected), TestBedOut)


@router.get(
    "/{test_bed_id}/slots", summary="List the slots of a test bed that are not over", responses=problems(NotFound)
)
async def list_test_slots(test_bed_id: UUID, listing: ListingDep) -> Page[TestSlotOut]:
    """The first to begin first, with how many seats are free."""
    rows = await service.slots(listing.session, test_bed_id, now(), listing.page)
    return listed(listing, rows, lambda row: row, lambda row: (row.starts_at, row.id))


@router.post("/{test_bed_id}/slots", status_code=201, summary="Offer slots", responses=TAKING | problems(TooLarge))
async def create_test_slots(test_bed_id: UUID, body: TestSlotsIn, who: ChangingDep, once: OnceDep) -> TestSlotsOut:
    """By the host: all of them, or none. Slots of one bed do not overlap."""
    return once.keep(TestSlotsOut(slots=tuple(await service.offer_slots(who, test_bed_id, body))))


@router.delete("/{test_bed_id}/slots/{slot_id}", status_code=204, summary="Withdraw a slot", responses=TAKING)
async def delete_test_slot(test_bed_id: UUID, slot_id: UUID, who: ChangingDep) -> None:
    """By the host, while nobody has a seat in it."""
    await service.withdraw_slot(who, test_bed_id, slot_id)


async def _take(who: Changing, asked: StepAsked) -> TestBedOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), TestBedOut)


add_steps(router, StepRoutes("test_bed", TestBedOut), STEPS, changing, _take)
add_history(router, "test_bed", "a test bed", service.TEST_BEDS)
