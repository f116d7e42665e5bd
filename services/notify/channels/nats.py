"""NATS subjects: the address is the organisation itself, and a delivery an event of the outbox."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation, outbox, tracing
from notify.channels.shape import Address
from notify.deliveries.models import Delivery
from notify.deliveries.schemas import notification_of
from notify.subscriptions.schemas import ChannelIn


async def address_of(_: ChannelIn) -> Address:
    return Address()


async def record(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Have the relay publish the events, in the transaction that settles the deliveries."""
    for delivery in deliveries:
        with correlation.bound(delivery.correlation_id), _span(delivery):
            outbox.record(session, notification_of(delivery), event_id=delivery.id)


def _span(delivery: Delivery) -> AbstractContextManager[object]:
    about = {"jingqiao.delivery.id": str(delivery.id)}
    return tracing.span("announce delivery", parent=delivery.traceparent, attributes=about)
