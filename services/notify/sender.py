"""The loop that sends due deliveries of every channel that is sent, many at once and few to each host."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation, tracing
from common.database import Database
from common.waiting import first_of
from notify import metrics, reporting
from notify.channels.shape import Senders
from notify.deliveries import repository, service
from notify.deliveries.repository import Due
from notify.deliveries.rules import Endurance, Lanes
from notify.settings import NotifySettings
from notify.settling import Settler
from notify.subscriptions.rules import Channel

log = structlog.get_logger()
POLL_S = 1.0
CLAIM = 64
Clock = Callable[[], datetime]


class Sender:
    """Claims, sends and settles. What a crash leaves in hand is claimed again when its lease ends.

    Each channel has places of its own, so that none waits for another.
    """

    def __init__(self, database: Database, senders: Senders, settings: NotifySettings, clock: Clock) -> None:
        self._database, self._senders, self._settings, self._clock = database, senders, settings, clock
        self._lanes = {channel: Lanes(settings.webhook_host_limit) for channel in senders}
        self._organisations = {channel: Lanes(settings.webhook_organisation_limit) for channel in senders}
        endurance = Endurance(settings.failing_count, timedelta(seconds=settings.failing_s))
        self._settler = Settler(database, endurance, clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting_for_room: set[Channel] = set()
        self._freed, self._has_freed = set[Channel](), asyncio.Event()
        self._looked_at = clock()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then finish what is in hand. Raises when the database goes away: run it again."""
        async with repository.arrivals(self._database.dsn) as arrivals:
            try:
                while not stop.is_set():
                    arrivals.check()
                    if await self._start_due(self._worth_a_look(arrivals.woken)):
                        continue
                    await first_of(arrivals.woken, self._has_freed, stop, within_s=POLL_S)
            finally:
                await self._finish()

    def _worth_a_look(self, woken: asyncio.Event) -> Collection[Channel]:
        """Channels where a request has ended; every one where anything may have become due, by somebody's act or by the
        clock: requests may end so often that nobody ever waits for long."""
        at = self._clock()
        is_time = at - self._looked_at >= timedelta(seconds=POLL_S)
        found = self._freed if self._freed and not woken.is_set() and not is_time else set(self._senders)
        if found is not self._freed:
            self._looked_at = at
        woken.clear()
        self._has_freed.clear()
        self._freed = set()
        return found

    async def _start_due(self, channels: Collection[Channel]) -> bool:
        """Start what is due and finds a place; whether more can be started at once.

        Where a place is lacking, the channel is worth another look as soon as a request of it ends.
        """
        # Before the look, not after: a request that ends meanwhile must not go unnoticed.
        self._waiting_for_room.update(channels)
        rooms = {channel: self._room(channel) for channel in channels}
        async with self._database.begin() as session:
            claims = {channel: await self._claim(session, channel, room) for channel, room in rooms.items() if room}
        for channel, claim in claims.items():
            for due in claim.taken:
                self._start(due)
            is_full = self._lanes[channel].full() or self._organisations[channel].full()
            if not (claim.is_full or claim.left_count or is_full):
                self._waiting_for_room.discard(channel)
        return any(claim.is_full for claim in claims.values())

    def _room(self, channel: Channel) -> int:
        return min(self._senders[channel].at_once - self._lanes[channel].in_hand_count, CLAIM)

    async def _claim(self, session: AsyncSession, channel: Channel, room: int) -> service.Claim:
        lanes, organisations = self._lanes[channel], self._organisations[channel]
        places = service.ClaimRoom(channel, room, lanes, organisations, self._senders[channel].pace)
        return await service.claim(session, places, self._clock(), lease_s=self._settings.lease_s)

    def _start(self, due: Due) -> None:
        channel, lane = due.subscription.channel, due.subscription.lane
        owner = repository.written(due.subscription.organisation)
        self._lanes[channel].enter(lane)
        self._organisations[channel].enter(owner)
        metrics.IN_HAND.inc()
        task = asyncio.create_task(self._deliver(due), name=f"delivery-{due.delivery.id}")
        self._tasks.add(task)

        def leave(ended: asyncio.Task[None]) -> None:
            self._tasks.discard(ended)
            self._lanes[channel].leave(lane)
            self._organisations[channel].leave(owner)
            metrics.IN_HAND.dec()
            if channel in self._waiting_for_room:
                self._freed.add(channel)
                self._has_freed.set()

        task.add_done_callback(leave)

    async def _deliver(self, due: Due) -> None:
        with correlation.bound(due.delivery.correlation_id), _span(due):
            await self._attempted(due)

    async def _attempted(self, due: Due) -> None:
        try:
            outcome = await self._senders[due.subscription.channel].send(due, self._clock())
            settled = await self._settler.settled(due, outcome)
        # The edge of one delivery: whatever broke, it stays pending and is tried again when its lease ends.
        except Exception as error:
            log.error("delivery_unsettled", delivery_id=str(due.delivery.id), exc_info=error)
        else:
            reporting.attempted(due, outcome, settled, self._clock())

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks))


def _span(due: Due) -> AbstractContextManager[object]:
    about = {"jingqiao.delivery.id": str(due.delivery.id), "server.address": due.subscription.host or ""}
    name = f"deliver {due.subscription.channel}"
    return tracing.span(name, parent=due.delivery.traceparent, kind=SpanKind.CLIENT, attributes=about)
