"""The HTTP door to deliveries."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import NotAllowedNow, NotFound, Unauthenticated
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from notify.deliveries import service
from notify.deliveries.filters import DeliveryFilters
from notify.deliveries.schemas import DeliveryDetail, DeliveryOut

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"], responses=problems(Unauthenticated))


@router.get("")
async def list_deliveries(
    caller: PrincipalDep, listing: ListingDep, filters: Annotated[DeliveryFilters, Query()]
) -> Page[DeliveryOut]:
    """Deliveries to your organisation, newest first."""
    found = await service.page(listing.session, caller.organisation, filters, listing.page)
    return listed(listing, found, DeliveryOut.model_validate)


@router.get("/{delivery_id}", responses=problems(NotFound))
async def read_delivery(delivery_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> DeliveryDetail:
    """One delivery with every attempt made."""
    return DeliveryDetail.of(*await service.shown(session, caller.organisation, delivery_id))


@router.post("/{delivery_id}/redeliver", status_code=202, responses=problems(NotFound, NotAllowedNow))
async def redeliver_delivery(
    delivery_id: UUID, caller: PrincipalDep, session: SessionDep, once: OnceDep
) -> DeliveryOut:
    """Begin a new series of attempts at once, with the same id; the attempts made stay on record."""
    delivery = await service.redeliver(session, caller.organisation, delivery_id, now())
    return once.keep(DeliveryOut.model_validate(delivery))
