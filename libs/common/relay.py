"""Carries events from the outbox to the broker, and refills a broker that has forgotten them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from opentelemetry.trace import SpanKind

from common import dead_letters, idempotency, inbox, metrics, outbox, tracing
from common.broker_publishing import Outgoing
from common.bus import CONTENT_TYPE, Bus, StreamState
from common.clock import now
from common.database import Database
from common.errors import Unavailable
from common.waiting import first_of

log = structlog.get_logger()
BATCH, WINDOW = 2048, 512
"""Events read at once, and of these on their way to the broker at once."""
POLL_S = 1.0
PRUNE_EVERY_S = 3600.0


@asynccontextmanager
async def _leading() -> AsyncIterator[None]:
    metrics.RELAYING.set(1)
    try:
        yield
    finally:
        metrics.RELAYING.set(0)


class Relay:
    """Publishes the outbox of one service to its one stream. Among replicas, the holder of a lock works, others wait.

    Two relays at once, after a lost lock, publish some events twice: the broker drops copies with the same
    `Nats-Msg-Id` inside its window, and consumers drop the rest by event id.
    """

    def __init__(self, database: Database, bus: Bus, stream: str, *, retention: timedelta) -> None:
        self._database, self._bus, self._stream, self._retention = database, bus, stream, retention
        self._checked_generation = 0
        metrics.begin_at_zero(metrics.PUBLISHED, stream)
        metrics.begin_at_zero(metrics.REFILLED, stream)
        self._state: StreamState | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set. Raises when the database goes away: run it again."""
        async with outbox.leadership(self._database.dsn, stop) as held, _leading():
            pruned_at = now() - timedelta(seconds=PRUNE_EVERY_S)
            while not stop.is_set():
                held.check()
                held.woken.clear()
                busy = await self._step()
                if (now() - pruned_at).total_seconds() >= PRUNE_EVERY_S:
                    await self._prune()
                    pruned_at = now()
                if not busy:
                    await first_of(held.woken, stop, within_s=POLL_S)

    async def _step(self) -> bool:
        """Publish one batch; whether there was anything to publish."""
        try:
            if self._bus.generation != self._checked_generation or self._state is None:
                generation = self._bus.generation
                self._state = await self._reconciled()
                self._checked_generation = generation
            return await self._publish_batch(self._state)
        except Unavailable as error:
            # Whatever the broker holds now is unknown: compare again before the next event leaves.
            self._state = None
            log.warning("relay_waits", stream=self._stream, reason=str(error))
            return False

    async def _reconciled(self) -> StreamState:
        """The stream's state once it holds every event the outbox believes it holds, or has them queued again."""
        state = await self._bus.state_of(self._stream)
        if state is not None and await self._has_lost_its_tail(state):
            # A shortened stream reuses its numbers, which would confuse consumers that were ahead: start it afresh.
            log.warning("stream_shortened", stream=self._stream, last_seq=state.last_seq)
            await self._bus.delete_stream(self._stream)
            state = None
        if state is None:
            state = await self._bus.create_stream(self._stream)
        async with self._database.begin() as session:
            count = await outbox.announce_again(session, self._stream, not_in=state.created_at)
        if count:
            metrics.REFILLED.labels(self._stream).inc(count)
            log.warning("stream_refilled", stream=self._stream, event_count=count)
        return state

    async def _has_lost_its_tail(self, state: StreamState) -> bool:
        async with self._database.begin() as session:
            newest = await outbox.newest_in(session, self._stream)
        if newest is None or newest.stream_seq is None or newest.stream_created_at != state.created_at:
            return False
        if newest.stream_seq > state.last_seq:
            return True
        return await self._bus.id_at(self._stream, newest.stream_seq) != str(newest.event_id)

    async def _publish_batch(self, state: StreamState) -> bool:
        async with self._database.begin() as session:
            rows = await outbox.waiting(session, BATCH)
        if not rows:
            return False
        marking: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(rows), WINDOW):
                stored = await self._published(rows[start : start + WINDOW])
                if marking is not None:
                    await marking
                # While the next ones are on their way.
                marking = asyncio.create_task(self._mark(stored, state), name="marking-published")
                if len(stored) < len(rows[start : start + WINDOW]):
                    raise Unavailable("The message broker did not acknowledge every event")
        finally:
            if marking is not None:
                await marking
        return True

    async def _published(self, rows: Sequence[outbox.Unannounced]) -> list[outbox.Published]:
        """Those that the broker has acknowledged."""
        places = await self._bus.publish_many(self._stream, [_outgoing(row, self._stream) for row in rows])
        return [outbox.Published(row.seq, at) for row, at in zip(rows, places, strict=True) if at is not None]

    async def _mark(self, stored: Sequence[outbox.Published], state: StreamState) -> None:
        if not stored:
            return
        metrics.PUBLISHED.labels(self._stream).inc(len(stored))
        async with self._database.begin() as session:
            await outbox.mark_published(session, stored, state.created_at)

    async def _prune(self) -> None:
        async with self._database.begin() as session:
            await outbox.forget(session, now() - self._retention)
            await idempotency.forget(session, now() - self._retention)
            await dead_letters.forget(session, now() - self._retention)
            # Longer than the outbox: an event that can still be refilled must still be recognised.
            await inbox.forget(session, now() - 2 * self._retention)


def _outgoing(row: outbox.Unannounced, stream: str) -> Outgoing:
    headers = {"Nats-Msg-Id": str(row.event_id), "Content-Type": CONTENT_TYPE, **_trace(row.traceparent, stream)}
    return Outgoing(row.subject, row.envelope.encode(), headers)


def _trace(caused_by: str | None, stream: str) -> dict[str, str]:
    """A span of its own where spans are recorded, else the one that the event was recorded in."""
    if not tracing.is_recording():
        return {"traceparent": caused_by} if caused_by else {}
    with tracing.span(f"publish {stream}", parent=caused_by, kind=SpanKind.PRODUCER):
        return tracing.headers()
