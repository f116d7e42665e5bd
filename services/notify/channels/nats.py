"""The subject of an organisation: events go through the outbox, so a broker that forgets them is refilled."""

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from notify.deliveries.models import Delivery
from notify.deliveries.schemas import notification_of


def announce(session: AsyncSession, delivery: Delivery) -> None:
    """Record the delivery's event in the caller's transaction; its id is the delivery's."""
    outbox.record(session, notification_of(delivery), event_id=delivery.id)
