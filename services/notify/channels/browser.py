"""Browsers: the address is the organisation itself, and a delivery gets a number in its inbox, by which it is read."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notify.channels.shape import Address
from notify.deliveries import repository
from notify.deliveries.models import Delivery
from notify.subscriptions.schemas import ChannelIn


async def address_of(_: ChannelIn) -> Address:
    return Address()


async def record(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Number the deliveries, in the transaction that settles them, and wake the streams that are read."""
    await repository.take_places(session, deliveries)
