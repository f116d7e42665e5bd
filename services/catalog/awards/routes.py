"""Awards over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.awards import service
from catalog.awards.filters import AwardFilters
from catalog.awards.models import Award
from catalog.awards.rules import AwardAction
from catalog.awards.schemas import AwardAcceptance, AwardContent, AwardDelivery, AwardOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.auth import VisitorDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/awards", tags=["awards"], responses=problems(Unavailable))
STEPS = (
    PlainStep(AwardAction.CLAIM, "Claim an award", "With the role enterprise, by another organisation: one at a time."),
    PlainStep(AwardAction.START, "Start to tackle an award", "By who set it: the solver may begin."),
    PlainStep(AwardAction.RELEASE, "Release an award", "By its solver, or before the start by who set it.", True),
    PlainStep(AwardAction.FAIL, "Fail an award", "By who set it: the indicators were not reached.", True),
    PlainStep(AwardAction.REWARD, "Reward a solver", "With the role subsidy_officer, by a third organisation."),
    PlainStep(AwardAction.WITHDRAW, "Withdraw an award", "By who set it, while nobody has claimed it.", True),
)


def _shown(response: Response, award: Award, who: Changing) -> AwardOut:
    set_etag(response, award.version)
    return service.shown_to(award, who.caller)


@router.post(
    "", status_code=201, summary="Set an award", responses=problems(Unauthenticated, Forbidden, NotFound, TooLarge)
)
async def create_award(body: AwardContent, who: ChangingDep, once: OnceDep, response: Response) -> AwardOut:
    """On a published challenge of one's own: which indicators decide, what the reward is, and by when."""
    award = await service.set_(who, body)
    response.headers["Location"] = f"/v1/awards/{award.id}"
    return once.keep(_shown(response, award, who))


@router.get("", summary="List awards, newest first")
async def list_awards(listing: ListingDep, filters: Annotated[AwardFilters, Query()]) -> Page[AwardOut]:
    """All, or those in a state, on a demand, of an owner or a solver."""
    rows = await service.page(listing.session, listing.page, filters)
    return listed(listing, rows, service.public)


@router.get(
    "/{award_id}",
    summary="Read an award",
    responses=problems(Unauthenticated, NotFound),
    openapi_extra={"security": [{}]},
)
async def read_award(award_id: UUID, visitor: VisitorDep, session: ReadSessionDep, response: Response) -> AwardOut:
    """Results that are not accepted yet are for its setter and its solver."""
    award = await service.AWARDS.read(session, visitor, award_id)
    set_etag(response, award.version)
    return service.shown_to(award, visitor)


@router.post("/{award_id}/deliver", summary="Deliver results", responses=TAKING | problems(TooLarge))
async def deliver_award(
    award_id: UUID, body: AwardDelivery, who: ChangingDep, once: OnceDep, response: Response
) -> AwardOut:
    """By its solver, before the deadline: what was reached of each indicator."""
    return once.keep(_shown(response, await service.deliver(who, award_id, body), who))


@router.post("/{award_id}/accept", summary="Accept results", responses=TAKING | problems(TooLarge))
async def accept_award(
    award_id: UUID, body: AwardAcceptance, who: ChangingDep, once: OnceDep, response: Response
) -> AwardOut:
    """By who set it, when every indicator is met."""
    return once.keep(_shown(response, await service.accept(who, award_id, body), who))


async def _take(who: Changing, asked: StepAsked) -> AwardOut:
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), who)


add_steps(router, StepRoutes("award", AwardOut), STEPS, changing, _take)
add_history(router, "award", "an award", service.AWARDS)
