"""Procurement records over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.procurements import service
from catalog.procurements.filters import ProcurementFilters
from catalog.procurements.rules import ProcurementAction
from catalog.procurements.schemas import ProcurementContent, ProcurementCorrection, ProcurementOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/procurement-records"
router = GuardedRouter(prefix=PATH, tags=["procurement"], responses=problems(Unavailable))
STEPS = (
    PlainStep(
        ProcurementAction.WITHDRAW, "Withdraw a procurement record", "By who reported it: it counts no more.", True
    ),
)


@router.post("", status_code=201, summary="Report a purchase", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_procurement(
    body: ProcurementContent, who: ChangingDep, once: OnceDep, response: Response
) -> ProcurementOut:
    """With the role publisher, of one's own organisation. Everyone reads it; shares are computed from it."""
    return once.keep(begun(response, PATH, await service.report(who, body), ProcurementOut))


@router.get("", summary="List procurement records, newest first")
async def list_procurements(
    listing: ListingDep, filters: Annotated[ProcurementFilters, Query()]
) -> Page[ProcurementOut]:
    """All, or those of an organisation, a period, a category, a trait, a state."""
    return listed(listing, await service.page(listing.session, listing.page, filters), ProcurementOut.model_validate)


@router.get("/{procurement_id}", summary="Read a procurement record", responses=problems(NotFound))
async def read_procurement(procurement_id: UUID, session: ReadSessionDep, response: Response) -> ProcurementOut:
    return shown(response, await service.PROCUREMENTS.read(session, None, procurement_id), ProcurementOut)


@router.post(
    "/{procurement_id}/correct",
    summary="Correct a procurement record",
    responses=TAKING | problems(TooLarge, Stale, PreconditionRequired),
)
async def correct_procurement(
    procurement_id: UUID,
    body: ProcurementCorrection,
    expected: IfMatchDep,
    who: ChangingDep,
    once: OnceDep,
    response: Response,
) -> ProcurementOut:
    """By who reported it: another version, with a reason that everyone reads. The one before stays among its
    versions."""
    return once.keep(shown(response, await service.correct(who, procurement_id, body, expected), ProcurementOut))


async def _take(who: Changing, asked: StepAsked) -> ProcurementOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), ProcurementOut)


add_steps(router, StepRoutes("procurement", ProcurementOut), STEPS, changing, _take)
add_history(router, "procurement", "a procurement record", service.PROCUREMENTS)
