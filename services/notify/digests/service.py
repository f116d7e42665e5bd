"""Letting deliveries go as their subscription wants it: at once, after quiet hours, or with others in one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.deadlines import Handler
from notify.deliveries import repository as deliveries
from notify.deliveries.beginning import begun
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION, DIGEST_NEWS, REMINDERS
from notify.deliveries.repository import Due
from notify.deliveries.rules import LIFE, DeliveryAction, DeliveryParty, DeliveryState
from notify.deliveries.schemas import digest_of
from notify.digests import repository, rules
from notify.digests.rules import DIGEST
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.cadence import Cadence, after_cap, after_quiet, month, release
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import SubscriptionState

MOST_GATHERED = 10_000
"""Deliveries that one digest takes in; the rest is in the next, which follows at once."""


@dataclass
class _Gate:
    """What one subscription lets through.

    room          messages that its month still has room for; None: as many as come
    gathered_at   when what was collected in this round is told; None where nothing was
    is_reordered  something moved behind others that are due in this round: they all go in the next, in order
    """

    cadence: Cadence
    room: int | None = None
    gathered_at: datetime | None = None
    is_reordered: bool = False

    def lets_go(self, delivery: Delivery, at: datetime) -> bool:
        """Whether a due delivery may go now; otherwise it says of it until when it waits."""
        delivery.leased_until = None
        if delivery.news_type == CONFIRMATION:
            return True
        if delivery.news_type == DIGEST_NEWS or delivery.news_type in REMINDERS:
            return self._is_awake(delivery, at)
        is_new = delivery.admitted_on is None
        found = release(self.cadence, at, is_over_cap=is_new and self.room == 0)
        if found.is_gathered:
            self._collect(delivery, found.at)
            return False
        goes = self._is_awake(delivery, at)
        if goes and is_new and self.room is not None:
            self.room -= 1
            delivery.admitted_on = month(self.cadence, at)
        return goes

    def _is_awake(self, delivery: Delivery, at: datetime) -> bool:
        """Whether it is no quiet hour. What became due in quiet hours that are over takes its place among what has
        waited for their end: otherwise it would go before what came earlier."""
        for since in (delivery.due_at or at, at):
            until = after_quiet(self.cadence, since)
            if until > since:
                delivery.due_at, self.is_reordered = until, True
        return not self.is_reordered

    def _collect(self, delivery: Delivery, until: datetime) -> None:
        by = {DeliveryParty.SENDER}
        delivery.state = LIFE.moved(delivery.state, DeliveryAction.COLLECT, by=by, at=until).after
        delivery.due_at = until
        self.gathered_at = min(until, self.gathered_at or until)


async def admit(session: AsyncSession, due: Sequence[Due], at: datetime) -> list[Due]:
    """Those of some due and locked deliveries that may go now, in their order. The others wait from now on for the end
    of quiet hours, a digest, or the next month."""
    timed = {each.subscription.id: each.subscription for each in due if each.subscription.cadence}
    # In one order, as locks are taken.
    gates = {key: await _gate(session, timed[key], at) for key in sorted(timed)}
    going = [
        each
        for each in due
        if each.subscription.id not in gates or gates[each.subscription.id].lets_go(each.delivery, at)
    ]
    for key, gate in gates.items():
        if gate.gathered_at is not None:
            await deadlines.put_first(session, DIGEST, key, gate.gathered_at)
    return going


async def _gate(session: AsyncSession, subscription: Subscription, at: datetime) -> _Gate:
    cadence = subscription.timing
    if cadence.monthly_cap is None or cadence.is_digest:
        return _Gate(cadence)
    return _Gate(cadence, await _room(session, subscription.id, cadence, at))


async def _room(session: AsyncSession, subscription_id: UUID, cadence: Cadence, at: datetime) -> int | None:
    if cadence.monthly_cap is None:
        return None
    await repository.lock_cap(session, subscription_id)
    sent_count = await repository.admitted_count(session, subscription_id, month(cadence, at))
    return max(0, cadence.monthly_cap - sent_count)


async def gather(session: AsyncSession, subscription_id: UUID, at: datetime) -> None:
    """Make one delivery of all that a subscription has collected; none where nothing of it is left to tell.

    The delivery and what it tells of change in one transaction: whoever dies meanwhile loses nothing.
    """
    subscription = await subscriptions.locked(session, subscription_id)
    if subscription is None or subscription.state is not SubscriptionState.ACTIVE:
        return
    cadence = subscription.timing
    if cadence.is_digest and await _room(session, subscription_id, cadence, at) == 0:
        await _wait_for_next_month(session, subscription_id, cadence, at)
        return
    collected = await repository.collected(session, subscription_id, limit=MOST_GATHERED)
    match_ids = {each.match_id for each in collected if each.match_id}
    found = rules.gathered(
        collected,
        lapsed=await repository.lapsed(session, match_ids),
        told_before=await repository.told_before(session, subscription_id, match_ids),
    )
    await _tell(session, subscription, found.told, at)
    await _leave_out(session, found.left_out, at)
    if len(collected) == MOST_GATHERED:
        await deadlines.put(session, DIGEST, subscription_id, at)


async def _wait_for_next_month(session: AsyncSession, subscription_id: UUID, cadence: Cadence, at: datetime) -> None:
    until = after_cap(cadence, at)
    await repository.postpone(session, subscription_id, until)
    await deadlines.put(session, DIGEST, subscription_id, until)


async def _tell(session: AsyncSession, subscription: Subscription, told: list[UUID], at: datetime) -> None:
    if not told:
        return
    digest, cadence = begun(subscription, None, at), subscription.timing
    listed = await repository.every(session, told[: rules.MOST_LISTED])
    digest.news_type = DIGEST_NEWS
    digest.news = digest_of(listed, more_count=len(told) - len(listed), is_over_cap=not cadence.is_digest)
    if cadence.is_digest and cadence.monthly_cap is not None:
        digest.admitted_on = month(cadence, at)
    await deliveries.add(session, [digest])
    await repository.settle(session, told, DeliveryState.GATHERED, at, digest_id=digest.id)


async def _leave_out(session: AsyncSession, left_out: Mapping[UUID, str], at: datetime) -> None:
    for reason in sorted(set(left_out.values())):
        those = [each for each, why in left_out.items() if why == reason]
        await repository.settle(session, those, DeliveryState.ABANDONED, at, reason=reason)


async def replan(session: AsyncSession) -> None:
    """Put the digests that something waits for and that are not due at any time: a subscription changed while a worker
    was collecting for it."""
    for subscription_id, due_at in await repository.unplanned(session, DIGEST):
        await deadlines.put_first(session, DIGEST, subscription_id, due_at)


DUE: Mapping[str, Handler] = {DIGEST: gather}
