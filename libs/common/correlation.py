"""The id that ties one request to the events and deliveries it causes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import getrandbits

from common import tracing

_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)
_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_TRACE_ID = re.compile(r"^[0-9a-f]{32}$")
_OWN = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def is_trace_id(said: str | None) -> bool:
    return bool(said and _TRACE_ID.match(said))


def from_headers(traceparent: str | None, correlation_id: str | None) -> str:
    """The W3C trace id if the caller sent one, else their own id, else that of the trace begun here, or a new one."""
    if traceparent and (match := _TRACEPARENT.match(traceparent)):
        return match[1]
    if correlation_id and _OWN.match(correlation_id):
        return correlation_id
    ids = tracing.trace_ids()
    # Unique, and no secret: a fork begins its own sequence.
    return ids[0] if ids else format(getrandbits(128), "032x")  # nosec B311  # unique, no secret


def bind(correlation_id: str | None) -> None:
    _current.set(correlation_id)


@contextmanager
def bound(correlation_id: str | None) -> Iterator[None]:
    """What happens inside belongs to that request or event; what comes after, to none."""
    bind(correlation_id)
    try:
        yield
    finally:
        bind(None)


def current() -> str | None:
    return _current.get()
