"""The fair-competition check over HTTP: of texts, and of a demand."""

from typing import Any
from uuid import UUID

from catalog.demands import service as demands
from catalog.demands.routes import EditingDep
from catalog.fairness import service
from catalog.fairness.schemas import FairnessDraft, FairnessOut, JustificationIn
from catalog.fairness.turns import CheckTurnDep
from common.auth import PrincipalDep, VisitorDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import AnsweredOnceDep, OnceDep
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1", tags=["fairness"], responses=problems(Unavailable))
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


@router.post("/fairness", summary="Check texts for fair competition", responses=problems(Unauthenticated, TooLarge))
async def check_fairness(
    body: FairnessDraft, _caller: PrincipalDep, _turn: CheckTurnDep, once: AnsweredOnceDep
) -> FairnessOut:
    """What of a text that is being written limits competition, by which provision, and how to say it neutrally. Nothing
    is stored."""
    return once.keep(await service.review(body.texts()))


@router.get(
    "/demands/{demand_id}/fairness",
    summary="Read what a demand is found to limit",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra=_TOKEN_OPTIONAL,
)
async def read_demand_fairness(
    demand_id: UUID, visitor: VisitorDep, _turn: CheckTurnDep, session: ReadSessionDep
) -> FairnessOut:
    """For everyone who may see the demand: each passage, the provision, and why it stands all the same, if somebody
    other than its writer said so; and whether the caller may say so."""
    return await service.read(session, await demands.read(session, visitor, demand_id), visitor)


@router.post(
    "/demands/{demand_id}/justify",
    summary="Justify a passage",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge),
)
async def justify_demand(
    demand_id: UUID, body: JustificationIn, _turn: CheckTurnDep, editing: EditingDep, once: OnceDep
) -> FairnessOut:
    """By another person of the owner's than who wrote the demand, or by a reviewer. Everyone reads it. It is of this
    passage as it is written; before an amendment, also of one that is yet to be in the demand. Whoever justifies it
    again replaces what they said."""
    return once.keep(await service.justify(editing, demand_id, body))
