"""The fair-competition check over HTTP: of texts, and of a demand."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from catalog.demands import service as demands
from catalog.demands.routes import EditingDep
from catalog.fairness import service
from catalog.fairness.schemas import FairnessDraft, FairnessOut, JustificationIn
from common.auth import PrincipalDep, VisitorDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import AnsweredOnceDep, OnceDep
from common.problems import problems

router = APIRouter(prefix="/v1", tags=["fairness"], responses=problems(Unavailable))
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


@router.post("/fairness", summary="Check texts for fair competition", responses=problems(Unauthenticated, TooLarge))
async def check_fairness(body: FairnessDraft, _: PrincipalDep, once: AnsweredOnceDep) -> FairnessOut:
    """What of a text that is being written limits competition, by which provision, and how to say it neutrally. Nothing
    is stored."""
    return once.keep(await service.review(body.texts()))


@router.get(
    "/demands/{demand_id}/fairness",
    summary="Read what a demand is found to limit",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_demand_fairness(demand_id: UUID, visitor: VisitorDep, session: ReadSessionDep) -> FairnessOut:
    """For everyone who may see the demand: each passage, the provision, and why it stands all the same, if somebody
    other than its writer said so."""
    return await service.read(session, await demands.read(session, visitor, demand_id))


@router.post(
    "/demands/{demand_id}/justify",
    summary="Justify a passage",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge),
)
async def justify_demand(demand_id: UUID, body: JustificationIn, editing: EditingDep, once: OnceDep) -> FairnessOut:
    """By another person of the owner's than who wrote the demand, or by a reviewer. Everyone reads it. It is of this
    passage as it is written; before an amendment, also of one that is yet to be in the demand."""
    return once.keep(await service.justify(editing, demand_id, body))
