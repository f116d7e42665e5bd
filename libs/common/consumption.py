"""Who consumes what, and what becomes of an event in hand: applied, tried again later, or kept as a dead letter."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind

from common import correlation, metrics, tracing
from common.contracts.envelope import Envelope, Unreadable, being_read
from common.dead_letters import Bury, DeadLetter
from common.errors import Problem, Unavailable

log = structlog.get_logger()
Handler = Callable[[Envelope], Awaitable[None]]

RETRY_DELAYS_S = (1, 2, 5, 15, 30)
READ_TRIES, APPLY_TRIES = 3, 6
"""How often an event is handed out that cannot be read (3 s: another replica may be of a later release), and one whose
handler fails for a reason of its own (53 s). While a dependency is away there is no such limit."""


@dataclass(frozen=True)
class Consumption:
    """Who reads what: a durable name on a stream, limited to one subject pattern.

    may_fetch  whether the reader may fetch any event of the stream by its place, beside those that it is handed
    """

    stream: str
    durable: str
    subject: str
    may_fetch: bool = True


@dataclass(frozen=True)
class Arrived:
    """An event of several that came at once; `caused_by` is the traceparent of the span that it was announced in."""

    envelope: Envelope
    stream: str
    caused_by: str | None = None

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """What happens inside belongs to this event: correlation and trace."""
        span = tracing.span(f"apply {self.stream}", parent=self.caused_by, kind=SpanKind.CONSUMER)
        with correlation.bound(self.envelope.correlationid), span:
            yield


ManyHandler = Callable[[Sequence[Arrived]], Awaitable[None]]
"""Applies many events, to the same effect as one after the other. When it raises, what it has applied by then must be
known as such when it comes again."""


@dataclass(frozen=True)
class Handlers:
    """`each` applies one event. `many`, where there is one, gets what came at once; what it cannot apply, for the fault
    of whichever of them, is given to `each` one by one."""

    each: Handler
    many: ManyHandler | None = None


async def hand_over_all(
    messages: Sequence[Msg], what: Consumption, handlers: Handlers, bury: Bury, stop: asyncio.Event
) -> None:
    """Have those that come for the first time handled together, and one by one what is left; once `stop` is set no
    other is begun."""
    fresh = [message for message in messages if message.metadata.num_delivered == 1]
    are_done = handlers.many is not None and len(fresh) > 1 and await _are_handled(fresh, what, handlers.many)
    for message in messages:
        if stop.is_set():
            return
        if not (are_done and message.metadata.num_delivered == 1):
            await hand_over(message, what, handlers.each, bury)


async def _are_handled(messages: Sequence[Msg], what: Consumption, handle: ManyHandler) -> bool:
    """Whether all were applied; each is acknowledged then, and otherwise none."""
    began = time.perf_counter()
    try:
        with being_read():
            arrived = [_arrived(message, what) for message in messages]
        await handle(arrived)
    # A consumer's edge: whichever of them it was, it is found when each is handled alone.
    except Exception as error:
        unexpected = None if isinstance(error, Problem | Unreadable) else error
        log.info("events_taken_singly", event_count=len(messages), reason=type(error).__name__, exc_info=unexpected)
        return False
    took_s = (time.perf_counter() - began) / len(messages)
    for message in messages:
        await message.ack()
        metrics.HANDLED.labels(what.durable, "applied").observe(took_s)
    return True


def _arrived(message: Msg, what: Consumption) -> Arrived:
    caused_by = (message.headers or {}).get("traceparent")
    return Arrived(Envelope.model_validate_json(message.data), what.stream, caused_by)


async def hand_over(message: Msg, what: Consumption, handle: Handler, bury: Bury) -> None:
    """Within the span that the event was announced in: have it handled, acknowledged, put back or buried."""
    caused_by = (message.headers or {}).get("traceparent")
    began = time.perf_counter()
    with tracing.span(f"apply {what.stream}", parent=caused_by, kind=SpanKind.CONSUMER):
        outcome = await _handled(message, what, handle, bury)
    metrics.HANDLED.labels(what.durable, outcome).observe(time.perf_counter() - began)


async def _handled(message: Msg, what: Consumption, handle: Handler, bury: Bury) -> str:
    await message.in_progress()
    try:
        with being_read():
            envelope = Envelope.model_validate_json(message.data)
        correlation.bind(envelope.correlationid)
        await handle(envelope)
    # A consumer's edge: whatever went wrong, the event is tried again or kept as a dead letter.
    except Exception as error:
        tried = message.metadata.num_delivered
        is_buried = tried >= _tries_of(error) and await _is_buried(message, what, error, bury)
        delay = RETRY_DELAYS_S[min(tried, len(RETRY_DELAYS_S)) - 1]
        log.warning(
            "event_buried" if is_buried else "event_put_back",
            subject=message.subject,
            tried_count=tried,
            retry_in_s=None if is_buried else delay,
            reason=error.code if isinstance(error, Problem) else type(error).__name__,
            # Neither quotes the event; an unexpected error's traceback does not, its text may.
            exc_info=None if isinstance(error, Problem | Unreadable) else error,
        )
        await (message.term() if is_buried else message.nak(delay=delay))
        return "buried" if is_buried else "put_back"
    else:
        await message.ack()
        return "applied"
    finally:
        correlation.bind(None)


def _tries_of(error: Exception) -> float:
    if isinstance(error, Unreadable):
        return READ_TRIES
    return float("inf") if isinstance(error, Problem) else APPLY_TRIES


async def _is_buried(message: Msg, what: Consumption, error: Exception, bury: Bury) -> bool:
    """Whether the event is kept now; when the database is away it is not, and must be tried again."""
    at, headers = message.metadata.sequence.stream, message.headers or {}
    letter = DeadLetter(
        consumer=what.durable,
        message_id=headers.get("Nats-Msg-Id") or f"{what.stream}/{at}/{message.metadata.timestamp.isoformat()}",
        stream=what.stream,
        stream_seq=at,
        subject=message.subject,
        reason=str(error) if isinstance(error, Unreadable) else f"handler failed: {type(error).__name__}",
        tried_count=message.metadata.num_delivered,
        body=message.data,
    )
    try:
        await bury(letter)
    except Unavailable:
        return False
    return True
