"""Sending again what was settled: many deliveries that have something in common."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.pagination import PageRequest, cut
from notify.deliveries import repository as deliveries
from notify.deliveries.beginning import STANDING_STILL
from notify.deliveries.filters import RedeliveryFilters
from notify.deliveries.rules import LIFE, DeliveryAction
from notify.redelivery import repository
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import Channel

MOST_AT_ONCE = 1000
"""Deliveries that one request sends again; the next goes on after them."""
KEPT_ELSEWHERE = frozenset({Channel.NATS, Channel.BROWSER})
"""Channels whose deliveries can be read again where they are kept."""


class Redelivered(NamedTuple):
    """How many are sent again, and where the next request goes on when more pass."""

    sent_count: int
    cursor: str | None


async def redeliver_many(
    session: AsyncSession,
    organisation: OrganisationKey,
    wanted: RedeliveryFilters,
    after: tuple[datetime, UUID] | None,
    at: datetime,
) -> Redelivered:
    """Begin a new series of attempts for what was settled and passes, the oldest first and MOST_AT_ONCE at most. Of
    subscriptions that are disabled or gone nothing is sent; of those that stand still it is held.

    after  the last delivery that the request before took, None at first: what was sent again soon passes again
    """
    # Held in one order, so that none of them is paused or disabled before the end.
    listening = await subscriptions.listening(session, {organisation})
    waiting = {each.id for each in listening if each.state in STANDING_STILL}
    sending = {each.id for each in listening if each.channel not in KEPT_ELSEWHERE}
    page = PageRequest(limit=MOST_AT_ONCE, after=after)
    found, cursor = cut(await repository.settled(session, sending, wanted, page), page, lambda each: each.key)
    now, later = ([each.id for each in found if (each.subscription_id in waiting) is held] for held in (False, True))
    await repository.begin_anew(session, now, LIFE.after(DeliveryAction.REDELIVER), at)
    await repository.begin_anew(session, later, LIFE.after(DeliveryAction.HOLD), at)
    await deliveries.wake(session)
    return Redelivered(len(found), cursor)
