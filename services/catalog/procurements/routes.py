"""Procurement records over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from catalog.procurements import service
from catalog.procurements.filters import ProcurementFilters
from catalog.procurements.models import ProcurementRecord
from catalog.procurements.rules import ProcurementAction
from catalog.procurements.schemas import ProcurementContent, ProcurementCorrection, ProcurementOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, PreconditionRequired, Stale, TooLarge, Unauthenticated, Unavailable
from common.etags import IfMatchDep, set_etag
from common.idempotency import OnceDep
from common.pagination import Page, PageDep, link_next, page_of
from common.problems import problems

router = APIRouter(prefix="/v1/procurement-records", tags=["procurement"], responses=problems(Unavailable))
STEPS = (
    PlainStep(
        ProcurementAction.WITHDRAW, "Withdraw a procurement record", "By who reported it: it counts no more.", True
    ),
)


def _shown(response: Response, record: ProcurementRecord) -> ProcurementOut:
    set_etag(response, record.version)
    return ProcurementOut.model_validate(record)


@router.post("", status_code=201, summary="Report a purchase", responses=problems(Unauthenticated, Forbidden, TooLarge))
async def create_procurement(
    body: ProcurementContent, who: ChangingDep, once: OnceDep, response: Response
) -> ProcurementOut:
    """With the role publisher, of one's own organisation. Everyone reads it; shares are computed from it."""
    record = await service.report(who, body)
    response.headers["Location"] = f"/v1/procurement-records/{record.id}"
    return once.keep(_shown(response, record))


@router.get("", summary="List procurement records, newest first")
async def list_procurements(
    page: PageDep,
    session: ReadSessionDep,
    request: Request,
    response: Response,
    filters: Annotated[ProcurementFilters, Query()],
) -> Page[ProcurementOut]:
    """All, or those of an organisation, a period, a category, a trait, a state."""
    rows = await service.page(session, page, filters)
    shown = page_of(rows, page, lambda row: (row.created_at, row.id), ProcurementOut.model_validate)
    link_next(request, response, shown.cursor)
    return shown


@router.get("/{procurement_id}", summary="Read a procurement record", responses=problems(NotFound))
async def read_procurement(procurement_id: UUID, session: ReadSessionDep, response: Response) -> ProcurementOut:
    return _shown(response, await service.PROCUREMENTS.read(session, None, procurement_id))


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
    return once.keep(_shown(response, await service.correct(who, procurement_id, body, expected)))


async def _take(who: Changing, asked: StepAsked) -> ProcurementOut:
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason))


add_steps(router, StepRoutes("procurement", ProcurementOut), STEPS, changing, _take)
add_history(router, "procurement", "a procurement record", service.PROCUREMENTS)
