"""What enterprises, holders of data and the clock do with data offers."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.data_offers import repository, rules
from catalog.data_offers.filters import DataOfferFilters
from catalog.data_offers.models import DataOffer
from catalog.data_offers.rules import DataOfferAction, DataOfferParty
from catalog.data_offers.schemas import DataExtension, DataGrant, DataRequest
from catalog.demands import service as demands
from catalog.records.changing import Changing
from catalog.records.records import Records
from catalog.test_beds import service as test_beds
from common import deadlines
from common.auth import Principal
from common.deadlines import Handler
from common.fields import OrganisationKey
from common.pagination import PageRequest

EXPIRE = "data_offer.expire"
"""A kind of deadline."""


def _parties(offer: DataOffer, caller: Principal) -> Collection[DataOfferParty]:
    keys = {DataOfferParty.REQUESTER: offer.owner_key, DataOfferParty.HOLDER: offer.holder_key}
    return {party for party, key in keys.items() if key == caller.organisation}


def _audience(offer: DataOffer) -> Iterable[OrganisationKey]:
    return (offer.holder_key,)


DATA_OFFERS = Records(DataOffer, rules.LIFE, _parties, lambda _: None, _audience)
"""Private to the two parties for ever."""


async def request(changing: Changing, asked: DataRequest) -> DataOffer:
    holder, name = await _holder(changing.session, asked)
    rules.refuse_own(changing.caller.organisation, holder)
    named = {"holder_scheme": holder.scheme, "holder_code": holder.code, "holder_name": name}
    return await DATA_OFFERS.begin(changing, DataOfferParty.REQUESTER, **asked.model_dump(), **named)


async def _holder(session: AsyncSession, asked: DataRequest) -> tuple[OrganisationKey, str]:
    """Who has the data, and its name. Raises NotFound for a demand that is not public, and no such test bed."""
    if asked.test_bed_id is not None:
        bed = await test_beds.TEST_BEDS.read(session, None, asked.test_bed_id)
        return bed.owner_key, bed.owner_name
    assert asked.demand_id is not None
    demand = await demands.read(session, None, asked.demand_id)
    return OrganisationKey(scheme=demand["owner_scheme"], code=demand["owner_code"]), demand["owner_name"]


async def grant(changing: Changing, offer_id: UUID, granted: DataGrant) -> DataOffer:
    """Until a time, when it ends by itself."""
    async with DATA_OFFERS.step(changing, offer_id, DataOfferAction.GRANT) as offer:
        rules.refuse_faulty(granted.expires_at, changing.at)
        offer.access, offer.expires_at = granted.access, granted.expires_at
    await deadlines.put(changing.session, EXPIRE, offer.id, offer.expires_at)
    return offer


async def extend(changing: Changing, offer_id: UUID, extension: DataExtension) -> DataOffer:
    """Until another time, sooner too."""
    async with DATA_OFFERS.step(changing, offer_id, DataOfferAction.EXTEND) as offer:
        rules.refuse_faulty(extension.expires_at, changing.at)
        offer.expires_at = extension.expires_at
    await deadlines.put(changing.session, EXPIRE, offer.id, offer.expires_at)
    return offer


async def take(changing: Changing, offer_id: UUID, action: str, reason: str | None) -> DataOffer:
    """A step after which there is no access."""
    async with DATA_OFFERS.step(changing, offer_id, action, reason) as offer:
        offer.access, offer.state_reason = None, reason
    await deadlines.put(changing.session, EXPIRE, offer.id, None)
    return offer


async def expire_due(session: AsyncSession, offer_id: UUID, at: datetime) -> None:
    """End a grant whose time has come by `at`."""
    offer = await DATA_OFFERS.strike(session, offer_id, DataOfferAction.EXPIRE, DataOfferParty.CLOCK, at)
    if offer is not None:
        offer.access = None


async def page(
    session: AsyncSession, caller: Principal, wanted: PageRequest, filters: DataOfferFilters
) -> Sequence[DataOffer]:
    return await DATA_OFFERS.page(session, wanted, *repository.listed(filters, caller.organisation))


DUE: dict[str, Handler] = {EXPIRE: expire_due}
"""What the clock does for data offers."""
