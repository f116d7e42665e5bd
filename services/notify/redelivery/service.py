"""Sending again what was settled: many deliveries that have something in common."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from notify.deliveries import repository as deliveries
from notify.deliveries.beginning import STANDING_STILL
from notify.deliveries.filters import RedeliveryFilters
from notify.deliveries.rules import LIFE, DeliveryAction
from notify.redelivery import repository
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import Channel

MOST_AT_ONCE = 1000
"""Deliveries that one request sends again; more are left to the next."""
KEPT_ELSEWHERE = frozenset({Channel.NATS, Channel.BROWSER})
"""Channels whose deliveries can be read again where they are kept."""


class Redelivered(NamedTuple):
    sent_count: int
    is_more: bool


async def redeliver_many(
    session: AsyncSession, organisation: OrganisationKey, wanted: RedeliveryFilters, at: datetime
) -> Redelivered:
    """Begin a new series of attempts for what was settled and passes, the oldest first and MOST_AT_ONCE at most. Of
    subscriptions that are disabled or gone nothing is sent; of those that stand still it is held."""
    # Held in one order, so that none of them is paused or disabled before the end.
    listening = await subscriptions.listening(session, {organisation})
    waiting = {each.id for each in listening if each.state in STANDING_STILL}
    sending = {each.id for each in listening if each.channel not in KEPT_ELSEWHERE}
    found = await repository.settled(session, sending, wanted, limit=MOST_AT_ONCE + 1)
    now, later = (
        [each.id for each in found[:MOST_AT_ONCE] if (each.subscription_id in waiting) is is_held]
        for is_held in (False, True)
    )
    await repository.begin_anew(session, now, LIFE.after(DeliveryAction.REDELIVER), at)
    await repository.begin_anew(session, later, LIFE.after(DeliveryAction.HOLD), at)
    await deliveries.wake(session)
    return Redelivered(min(len(found), MOST_AT_ONCE), len(found) > MOST_AT_ONCE)
