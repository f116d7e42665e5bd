"""Answers the usual form of the reads that come most before anything else looks at the request: all that costs more
than they do.

A hot read stands beside a route, never instead of it: it answers what the route would answer, or None, and then the
route does. So whatever is unusual, and every refusal, is the route's.
"""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from common import correlation, logs, metrics, problems
from common.auth import Principal, Verifier
from common.errors import Problem, Unauthenticated
from common.permissions.table import Permission

log = structlog.get_logger()
Meaning = TypeVar("Meaning")
RawHeaders = Sequence[tuple[bytes, bytes]]
SEEN = "jingqiao.seen"
"""In a request's scope: what `seen` said when a hot read looked at it, in vain."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BEARER = "bearer "
_BODY = (b"content-length", b"transfer-encoding")
_JSON = (b"content-type", b"application/json")
GUARD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""For browsers: a reply is nothing else than it says, runs nothing, stands in no frame, and tells no other site of its
address."""
_NO_STORE = (b"cache-control", b"no-store")


class Reply:
    """A reply whose head is written out once, for all who get it."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: RawHeaders, body: bytes = b"") -> None:
        self.status, self.headers, self.body = status, headers, body

    def __len__(self) -> int:
        return len(self.body)

    async def send(self, send: Send, *more: tuple[bytes, bytes]) -> None:
        """With `more` headers, which are this request's own."""
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, *more]})
        await send({"type": "http.response.body", "body": self.body})


def raw(headers: Mapping[str, str]) -> RawHeaders:
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


_GUARD = raw(GUARD)


def json_found(content: bytes, headers: RawHeaders = ()) -> Reply:
    """A reply of 200."""
    return Reply(200, (*headers, _JSON, (b"content-length", str(len(content)).encode())), content)


def json_reply(content: bytes, headers: dict[str, str] | None = None) -> Response:
    """The same of a route."""
    return Response(content, headers=headers, media_type="application/json")


class Asked:
    """A GET request for one of the hot reads; `id` is what its path says where the template has a parameter."""

    __slots__ = ("_headers", "_row", "id", "path", "query", "state")

    def __init__(self, scope: Scope, state: Any, place: str, row: Permission) -> None:
        self.state, self.path, self._row = state, scope["path"], row
        self.id = UUID(place) if _UUID.fullmatch(place) else None
        self.query: bytes = scope["query_string"]
        # Of several with one name the first, as everywhere else.
        self._headers: dict[bytes, bytes] = dict(reversed(list(scope["headers"])))

    @property
    def has_body(self) -> bool:
        return any(name in self._headers for name in _BODY)

    def header(self, name: bytes) -> str | None:
        """`name` in small letters."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def guarding(self, reply: Reply) -> RawHeaders:
        """What every reply says to browsers, and to somebody with a token, that nobody keeps
        it, where the reply does not say itself how long it may be kept."""
        is_anyones = b"authorization" not in self._headers
        if is_anyones or any(name == b"cache-control" for name, _ in reply.headers):
            return _GUARD
        return (*_GUARD, _NO_STORE)

    async def refuse_who_may_not(self) -> None:
        """Raises Unauthenticated, the route's to refuse, for whom its row does not admit."""
        if self._row.roles is not None and await self.caller() is None:
            raise Unauthenticated("no token")

    async def caller(self) -> Principal | None:
        """Who sent a valid token that the route's row admits; None without one, or where everyone is admitted and the
        token names no role. Raises Unauthenticated for any other: the route's to refuse."""
        sent = self.header(b"authorization")
        if sent is None:
            return None
        if sent[: len(_BEARER)].lower() != _BEARER:
            raise Unauthenticated("no bearer token")
        verifier: Verifier = self.state.verifier
        caller = await verifier.principal(sent[len(_BEARER) :])
        if not self._row.admits(caller.roles):
            raise Unauthenticated("without the role")
        return caller if caller.roles else None


@dataclass(frozen=True)
class HotRead:
    """`path` is the route's template, of which only the last segment may be a parameter; `operation` its id."""

    path: str
    operation: str
    answer: Callable[[Asked], Awaitable[Reply | None]]


class HotReads:
    """ASGI; stands before everything else that sees a request, and logs and counts itself what it answers."""

    def __init__(self, app: ASGIApp, reads: Iterable[HotRead], state: Any) -> None:
        """state  the app's, with its verifier and what the reads look into"""
        self._app, self._state = app, state
        self._by_place = {read.path.partition("{")[0]: read for read in reads}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            read, place = self._read_of(scope["path"])
            if read is not None and await self._is_answered(read, scope, place, send):
                return
        await self._app(scope, receive, send)

    def _read_of(self, path: str) -> tuple[HotRead | None, str]:
        """With what the path says in place of the parameter."""
        if (read := self._by_place.get(path)) is not None:
            return read, ""
        head, slash, last = path.rpartition("/")
        return self._by_place.get(head + slash), last

    async def _is_answered(self, read: HotRead, scope: Scope, place: str, send: Send) -> bool:
        asked = Asked(scope, self._state, place, self._state.permissions.rows[read.operation])
        if asked.has_body:
            return False
        scope[SEEN] = began, correlation_id = seen(asked.header(b"traceparent"), asked.header(b"x-correlation-id"))
        correlation.bind(correlation_id)
        metrics.REQUESTS_IN_HAND.inc()
        try:
            reply = await _reply(read, asked)
            if reply is not None:
                await reply.send(send, (b"x-correlation-id", correlation_id.encode()), *asked.guarding(reply))
        finally:
            metrics.REQUESTS_IN_HAND.dec()
        if reply is None:
            return False
        report("GET", read.path, reply.status, time.perf_counter() - began)
        return True


async def _reply(read: HotRead, asked: Asked) -> Reply | None:
    try:
        await asked.refuse_who_may_not()
        return await read.answer(asked)
    except Unauthenticated:
        return None
    except Problem as problem:
        told = problems.render(problem, path=asked.path, accept_language=asked.header(b"accept-language"))
        return Reply(told.status_code, told.raw_headers, bytes(told.body))
    # The HTTP edge: the route may still know an answer, and the log gets the cause.
    except Exception as error:
        log.error("hot_read_crashed", route=read.path, exc_info=error)
        return None


def seen(traceparent: str | None, correlation_id: str | None) -> tuple[float, str]:
    """When a request came, as `time.perf_counter` says it, and the id that it and its consequences get."""
    return time.perf_counter(), correlation.from_headers(traceparent, correlation_id)


def report(method: str, route: str, status: int, took_s: float) -> None:
    """Count a request that was answered, and log it unless it was a probe."""
    metrics.answered(method, route, status, took_s)
    if not route.startswith(("/healthz", "/readyz", "/metrics")):
        logs.request(method, route, status, took_s)


class Memo(Generic[Meaning]):
    """What the query strings that came lately were found to mean; bounded, and forgotten all at once."""

    MOST, LONGEST = 512, 400

    def __init__(self) -> None:
        self._known: dict[bytes, Meaning] = {}

    def get(self, query: bytes) -> Meaning | None:
        return self._known.get(query)

    def keep(self, query: bytes, meaning: Meaning) -> None:
        """`meaning` must follow from the string alone."""
        if len(query) <= self.LONGEST:
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[query] = meaning
