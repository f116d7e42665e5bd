"""Consents over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.consents import service
from catalog.consents.filters import ConsentFilters
from catalog.consents.rules import ConsentAction
from catalog.consents.schemas import ConsentContent, ConsentOut, OpenedOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_steps, add_taken
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unauthenticated, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/consents"
router = GuardedRouter(prefix=PATH, tags=["roadshows"], responses=problems(Unavailable, Unauthenticated))
STEPS = (
    PlainStep(ConsentAction.GRANT, "Grant a consent", "By who presents: the investor may read the full text."),
    PlainStep(ConsentAction.REFUSE, "Refuse a consent", "By who presents, for a reason.", True),
    PlainStep(ConsentAction.REVOKE, "Revoke a consent", "By who presents: the full text is not shown any more."),
    PlainStep(ConsentAction.WITHDRAW, "Withdraw a consent", "By the investor."),
)


@router.post("", status_code=201, summary="Ask for consent to read a full text", responses=TAKING | problems(TooLarge))
async def create_consent(body: ConsentContent, who: ChangingDep, once: OnceDep, response: Response) -> ConsentOut:
    """By an investor, with the role enterprise; one request stands at a time."""
    return once.keep(begun(response, PATH, await service.ask(who, body), ConsentOut))


@router.get("", summary="List consents, newest first")
async def list_consents(
    listing: ListingDep, caller: PrincipalDep, filters: Annotated[ConsentFilters, Query()]
) -> Page[ConsentOut]:
    """Those that you asked for, and those that you are asked for."""
    return listed(listing, await service.page(listing, caller, filters), ConsentOut.model_validate)


@router.get("/{consent_id}", summary="Read a consent", responses=problems(NotFound))
async def read_consent(
    consent_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> ConsentOut:
    """For the investor and who presents; to others it is not there."""
    return shown(response, await service.CONSENTS.read(session, caller, consent_id), ConsentOut)


@router.post("/{consent_id}/open", summary="Read the full text", responses=TAKING)
async def open_consent(consent_id: UUID, who: ChangingDep, once: OnceDep, response: Response) -> OpenedOut:
    """By the investor, while the consent stands. Each look is a step that who presents reads."""
    return once.keep(shown(response, await service.look(who, consent_id), OpenedOut))


async def _take(who: Changing, asked: StepAsked) -> ConsentOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), ConsentOut)


add_steps(router, StepRoutes("consent", ConsentOut), STEPS, changing, _take)
add_taken(router, "consent", "a consent", service.CONSENTS)
