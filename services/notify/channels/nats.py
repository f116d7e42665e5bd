"""NATS subjects: the address is the organisation itself, and a delivery an event of the outbox."""

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from notify.channels.shape import Address
from notify.deliveries.models import Delivery
from notify.deliveries.schemas import notification_of
from notify.subscriptions.schemas import ChannelIn


async def address_of(_: ChannelIn) -> Address:
    return Address()


def record(session: AsyncSession, delivery: Delivery) -> None:
    """Have the relay publish the event, in the transaction that settles the delivery."""
    outbox.record(session, notification_of(delivery), event_id=delivery.id)
