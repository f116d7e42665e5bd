"""Data offers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.data_offers import service
from catalog.data_offers.filters import DataOfferFilters
from catalog.data_offers.models import DataOffer
from catalog.data_offers.rules import DataOfferAction
from catalog.data_offers.schemas import DataExtension, DataGrant, DataOfferOut, DataRequest
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.etags import set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/data-offers", tags=["validations"], responses=problems(Unavailable))
_Do = DataOfferAction
STEPS = (
    PlainStep(_Do.REFUSE, "Refuse data", "By who holds them.", True),
    PlainStep(_Do.REVOKE, "Revoke a grant of data", "By who holds them.", True),
    PlainStep(_Do.WITHDRAW, "Withdraw a request for data", "By who asked; a grant ends with it."),
)


def _shown(response: Response, offer: DataOffer) -> DataOfferOut:
    set_etag(response, offer.version)
    return DataOfferOut.model_validate(offer)


@router.post(
    "",
    status_code=201,
    summary="Ask for data",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, TooLarge),
)
async def create_data_offer(body: DataRequest, who: ChangingDep, once: OnceDep, response: Response) -> DataOfferOut:
    """With the role enterprise, of a demand's owner or a test bed's host. Nobody else ever sees it."""
    offer = await service.request(who, body)
    response.headers["Location"] = f"/v1/data-offers/{offer.id}"
    return once.keep(_shown(response, offer))


@router.get("", summary="List the data offers that concern the caller", responses=problems(Unauthenticated))
async def list_data_offers(
    listing: ListingDep, caller: PrincipalDep, filters: Annotated[DataOfferFilters, Query()]
) -> Page[DataOfferOut]:
    """Those asked for and those held, newest first."""
    rows = await service.page(listing.session, caller, listing.page, filters)
    return listed(listing, rows, DataOfferOut.model_validate)


@router.get("/{data_offer_id}", summary="Read a data offer", responses=problems(Unauthenticated, NotFound))
async def read_data_offer(
    data_offer_id: UUID, caller: PrincipalDep, session: ReadSessionDep, response: Response
) -> DataOfferOut:
    return _shown(response, await service.DATA_OFFERS.read(session, caller, data_offer_id))


@router.post("/{data_offer_id}/grant", summary="Grant data", responses=TAKING | problems(TooLarge))
async def grant_data_offer(
    data_offer_id: UUID, body: DataGrant, who: ChangingDep, once: OnceDep, response: Response
) -> DataOfferOut:
    """By who holds them, until a time at which the grant ends by itself."""
    return once.keep(_shown(response, await service.grant(who, data_offer_id, body)))


@router.post("/{data_offer_id}/extend", summary="Let a grant end at another time", responses=TAKING)
async def extend_data_offer(
    data_offer_id: UUID, body: DataExtension, who: ChangingDep, once: OnceDep, response: Response
) -> DataOfferOut:
    return once.keep(_shown(response, await service.extend(who, data_offer_id, body)))


async def _take(who: Changing, asked: StepAsked) -> DataOfferOut:
    return _shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason))


add_steps(router, StepRoutes("data_offer", DataOfferOut), STEPS, changing, _take)
add_history(router, "data_offer", "a data offer", service.DATA_OFFERS)
