"""NATS JetStream behind one door: streams, acknowledged publishing, and consumers that never lose an event."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from common import clock, metrics, tracing
from common.broker_access import Access, GuardedClient
from common.broker_publishing import Acknowledgements, Outgoing
from common.broker_pulling import LOOK_S, Pull, pulling
from common.consumption import Consumption, Handlers, hand_over_all
from common.dead_letters import Bury
from common.errors import Unavailable
from common.settings import ServiceSettings
from common.standstill import Standstill

log = structlog.get_logger()
CANCELLED_AGAIN_S = 0.2
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
FETCH, FETCH_MANY = 64, 512
"""Events asked for at once: of handlers that take one, and of those that take many."""
MAX_ACK_PENDING, ACK_WAIT_S = 1000, 30
"""Events handed out and not acknowledged at most, and when those come again."""
OPEN = Access()
"""For a broker that lets everybody in."""


@dataclass(frozen=True)
class StreamState:
    created_at: datetime
    last_seq: int


@dataclass(frozen=True)
class ConsumerState:
    """How far a consumer has come.

    pending_count  events of the stream that it has not been handed yet
    in_hand_count  handed out, not acknowledged: in hand, or waiting to be tried again
    oldest_at      when the oldest of both was stored; None when there is none
    acted_at       when an event was acknowledged last; None when none was
    """

    pending_count: int
    in_hand_count: int
    oldest_at: datetime | None
    acted_at: datetime | None


class Bus:
    """A connection that keeps reconnecting. `generation` grows with every (re)connect; `consumed` is what it reads."""

    def __init__(
        self, url: str, *, name: str, timeout_s: float = 3.0, replicas: int = 1, access: Access = OPEN
    ) -> None:
        """`replicas`: on how many servers of the cluster a stream is kept that this connection creates."""
        self.generation = 0
        self.consumed: set[Consumption] = set()
        self._url, self._name, self._timeout_s, self._replicas = url, name, timeout_s, replicas
        self._access = access
        self._client = GuardedClient()
        self._stands = Standstill(clock.now)
        self._is_open = False
        self._opening: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, settings: ServiceSettings, name: str) -> Self:
        """As the settings say; `name` is what the broker's monitoring shows."""
        platform = settings.platform
        return cls(
            platform.nats_url,
            name=name,
            timeout_s=settings.connect_timeout_s,
            replicas=platform.stream_replicas,
            access=Access(settings.nats_credentials, platform.nats_ca),
        )

    def open(self) -> None:
        """Start connecting in the background; a broker that is down delays nobody's start."""
        self._opening = asyncio.create_task(self._connect(), name="bus-connect")

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    async def wait_connected(self, *, within_s: float) -> None:
        """Return once the broker answers. Raises TimeoutError."""
        if self._opening is not None:
            await asyncio.wait_for(asyncio.shield(self._opening), within_s)

    async def close(self) -> None:
        while self._opening and not self._opening.done():
            # The library swallows a cancellation that comes while it gives up a try, and goes on trying.
            self._opening.cancel()
            await asyncio.wait([self._opening], timeout=CANCELLED_AGAIN_S)
        if self._client.is_connected:
            try:
                await asyncio.wait_for(self._client.drain(), self._timeout_s)
            except (NatsError, TimeoutError):
                log.warning("bus_drain_incomplete")
        # A client that never got as far as connecting has nothing to close, and refuses to.
        elif self._is_open and not self._client.is_closed:
            await self._client.close()
        else:
            self._client.drop()

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    self._url.split(","),
                    name=self._name,
                    connect_timeout=self._timeout_s,  # type: ignore[arg-type]  # seconds, fractions work
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.5,  # type: ignore[arg-type]
                    ping_interval=10,
                    max_outstanding_pings=2,
                    allow_reconnect=True,
                    reconnected_cb=self._on_connected,
                    error_cb=self._on_error,
                    closed_cb=self._on_closed,
                    **self._access.options(),
                )
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("bus_unreachable", reason=type(error).__name__)
                await asyncio.sleep(0.5)
            else:
                self._is_open = True
                await self._on_connected()
                return

    async def _on_connected(self) -> None:
        self.generation += 1
        log.info("bus_connected", generation=self.generation)

    async def _on_error(self, error: Exception) -> None:
        # What the broker refuses raises nothing where it was asked: this is the only place that hears of it.
        is_refused = "permissions violation" in str(error)
        metrics.BUS_ERRORS.labels("refused" if is_refused else type(error).__name__).inc()
        log.warning("bus_error", reason=str(error) if is_refused else type(error).__name__)

    async def _on_closed(self) -> None:
        metrics.BUS_ERRORS.labels("closed").inc()

    @contextmanager
    def _jetstream(self, stream: str) -> Iterator[JetStreamContext]:
        """JetStream of a stream for one exchange; whatever keeps the broker from answering becomes Unavailable."""
        if not self._is_open or not self._client.is_connected:
            raise Unavailable("The message broker does not answer", "消息服务无响应")
        try:
            yield self._client.jetstream(prefix=self._access.api_of(stream), timeout=self._timeout_s)
        except (NatsError, TimeoutError, OSError) as error:
            raise Unavailable(f"The message broker failed: {type(error).__name__}", "消息服务出错") from error

    async def state_of(self, stream: str) -> StreamState | None:
        """What the broker holds of a stream; None when it has no such stream."""
        with self._jetstream(stream) as js:
            try:
                return _state(await js.stream_info(stream))
            except NotFoundError:
                return None

    async def create_stream(self, stream: str) -> StreamState:
        """A stream on `<name>.>` that keeps everything on disk; an existing one is left as it is."""
        if (found := await self.state_of(stream)) is not None:
            return found
        config = StreamConfig(
            name=stream,
            subjects=[f"{stream.lower()}.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            duplicate_window=120,
        )
        with self._jetstream(stream) as js:
            return _state(await js.add_stream(config))

    async def create_consumer(self, what: Consumption) -> None:
        """The durable consumer that `consume` reads through; one that is there keeps its place in the stream.

        Raises Unavailable when there is no such stream.
        """
        with self._jetstream(what.stream) as js:
            await js.add_consumer(what.stream, _consumer_config(what))

    async def delete_consumer(self, stream: str, durable: str) -> None:
        """One that is not there is no fault."""
        with self._jetstream(stream) as js, suppress(NotFoundError):
            await js.delete_consumer(stream, durable)

    async def delete_stream(self, stream: str) -> None:
        with self._jetstream(stream) as js:
            await js.delete_stream(stream)

    async def id_at(self, stream: str, seq: int) -> str | None:
        """The message id stored at a place in a stream, None when nothing is there."""
        with self._jetstream(stream) as js:
            try:
                message = await js.get_msg(stream, seq)
            except NotFoundError:
                return None
            return (message.headers or {}).get("Nats-Msg-Id")

    async def publish(self, stream: str, subject: str, body: bytes, *, message_id: str) -> int:
        """Store one message, with the span in hand; returns its place in the stream once the broker acknowledged it."""
        headers = {"Nats-Msg-Id": message_id, "Content-Type": CONTENT_TYPE, **tracing.headers()}
        with self._jetstream(stream) as js:
            return (await js.publish(subject, body, stream=stream, headers=headers, timeout=self._timeout_s)).seq

    async def publish_many(self, stream: str, messages: Sequence[Outgoing]) -> list[int | None]:
        """Store many at once; of each its place in the stream, or None where the broker has not acknowledged it in
        time or refused it. They leave in their order, all before the first acknowledgement is awaited.

        Raises Unavailable when there is no connection.
        """
        with self._jetstream(stream):
            async with Acknowledgements(self._client, messages, stream) as places:
                return await places.within(self._timeout_s)

    async def consumer_state(self, what: Consumption) -> ConsumerState | None:
        """How far a consumer is behind; None when there is no such consumer. Two exchanges."""
        with self._jetstream(what.stream) as js:
            try:
                info = await js.consumer_info(what.stream, what.durable)
            except NotFoundError:
                return None
            pending, in_hand = info.num_pending or 0, info.num_ack_pending or 0
            if info.ack_floor is None or not (pending or in_hand):
                return ConsumerState(pending, in_hand, None, None)
            floor = info.ack_floor.stream_seq
            oldest_at = await _stored_at(js, what, floor + 1) if what.may_fetch else self._stands.since(what, floor)
            return ConsumerState(pending, in_hand, oldest_at, info.ack_floor.last_active)

    async def consume(self, what: Consumption, handlers: Handlers, bury: Bury, stop: asyncio.Event) -> None:
        """Hand every event of the stream to a handler, at least once and from the beginning, until `stop` is set.

        A handler that raises gets the event again, later and later; when READ_TRIES or APPLY_TRIES are used up, the
        event is given to `bury` and never comes again. The events in hand are finished before return.
        Raises Unavailable when the broker or the consumer goes away: call it again.
        """
        self.consumed.add(what)
        with self._jetstream(what.stream) as js:
            await _make_sure_of(js, what)
            most = FETCH_MANY if handlers.many else FETCH
            async with pulling(self._client, self._access.api_of(what.stream), what.stream, what.durable) as pull:
                while not stop.is_set():
                    await hand_over_all(await self._pulled(js, pull, what, most), what, handlers, bury, stop)

    async def _pulled(self, js: JetStreamContext, pull: Pull, what: Consumption, most: int) -> list[Msg]:
        messages: list[Msg] = []
        try:
            messages = await pull.next(most, within_s=LOOK_S)
        except TimeoutError:
            if not self.is_connected:
                raise
        if not messages:
            # Nothing new, or nobody there: a stream that was wiped or deleted took the consumer with it.
            await js.consumer_info(what.stream, what.durable)
        return messages


async def _make_sure_of(js: JetStreamContext, what: Consumption) -> None:
    """Its consumer is made where it is missing and its reader may make it."""
    try:
        await js.consumer_info(what.stream, what.durable)
    except NotFoundError:
        await js.add_consumer(what.stream, _consumer_config(what))


async def _stored_at(js: JetStreamContext, what: Consumption, seq: int) -> datetime | None:
    """When the first event from `seq` on was stored."""
    try:
        return (await js.get_msg(what.stream, seq, subject=what.subject, next=True)).time
    except NotFoundError:
        return None


def _consumer_config(what: Consumption) -> ConsumerConfig:
    return ConsumerConfig(
        name=what.durable,  # with it the request names consumer and filter in its subject, which permissions can limit
        durable_name=what.durable,
        filter_subject=what.subject,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_S,
        max_ack_pending=MAX_ACK_PENDING,
    )


def _state(info: StreamInfo) -> StreamState:
    if info.created is None:
        raise Unavailable("The message broker did not say when the stream was created")
    return StreamState(created_at=info.created, last_seq=info.state.last_seq)
