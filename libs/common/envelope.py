"""What stands around every request: its correlation id, the size of its body, one log line, one metric."""

import time
from collections.abc import Callable, Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import arrival, correlation, metrics, problems, tracing
from common.errors import BodyTooSlow, Problem, TooLarge
from common.hot import GUARD, SEEN, report, seen
from common.operations import UPLOAD
from common.timely import timely

log = structlog.get_logger()
FILES_SLOWER = 10
"""Times as long as other bodies that files may take to arrive."""
DROPPED_BYTES = 64 * 2**20
"""How much of a body that is too large is read at most, so that its sender is there to hear why it is refused."""
Crashed = Callable[[Scope, Headers], ASGIApp]


class RequestEnvelope:
    """Around every request: correlation id in and out, body size, one log line, one metric; `crashed` answers what
    nothing else did."""

    def __init__(
        self,
        app: ASGIApp,
        body_limit_bytes: int,
        larger: Mapping[str, int],
        crashed: Crashed | None = None,
        within_s: float = 30.0,
    ) -> None:
        """within_s  longest that a body may take to arrive; files FILES_SLOWER times as long"""
        self._app, self._limit, self._larger, self._within_s = app, body_limit_bytes, larger, within_s
        self._crashed = crashed or _crashed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with tracing.received(headers.get("traceparent")):
            await self._answered(scope, headers, receive, send)

    async def _answered(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        started, correlation_id = scope.get(SEEN) or seen(headers.get("traceparent"), headers.get("x-correlation-id"))
        correlation.bind(correlation_id)
        arrival.bind(scope)
        status, began_at = 0, None

        async def watched_send(message: Message) -> None:
            nonlocal status, began_at
            if message["type"] == "http.response.start":
                status, replied = message["status"], MutableHeaders(scope=message)
                _guard(replied, correlation_id, is_somebodys="authorization" in headers)
                if replied.get("content-type", "").startswith("text/event-stream"):
                    # Open for hours, it has been answered once it begins.
                    began_at = time.perf_counter()
                    metrics.REQUESTS_IN_HAND.dec()
            await send(message)

        metrics.REQUESTS_IN_HAND.inc()
        try:
            await self._passed_on(scope, headers, receive, watched_send)
        except BodyTooSlow as problem:
            await _told(problem, scope, headers)(scope, receive, watched_send)
        # The HTTP edge: whatever broke, the caller gets the one error shape and the log gets the cause.
        except Exception as error:
            log.error("request_crashed", route=_route(scope), exc_info=error)
            if status:
                raise
            await self._crashed(scope, headers)(scope, receive, watched_send)
        finally:
            if began_at is None:
                began_at = time.perf_counter()
                metrics.REQUESTS_IN_HAND.dec()
            report(scope["method"], _route(scope), status, began_at - started)

    async def _passed_on(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """With its body, or in place of one that is too large, with the refusal. Files their routes read themselves."""
        slow = timely(receive, FILES_SLOWER * self._within_s)
        if getattr(scope["app"].state, "is_upload", _no_upload)(scope):
            scope[UPLOAD] = True
            await self._app(scope, slow, send)
        elif (larger := self._larger.get(scope["path"])) is not None:
            await self._app(scope, _asked_for(headers, slow, larger), send)
        elif (body := await _whole_body(headers, timely(receive, self._within_s), self._limit)) is None:
            await _too_large(scope, headers, self._limit)(scope, receive, send)
        else:
            await self._app(scope, _replayed(body, receive), send)


def _guard(headers: MutableHeaders, correlation_id: str, *, is_somebodys: bool) -> None:
    headers["X-Correlation-Id"] = correlation_id
    for name, value in GUARD.items():
        headers.setdefault(name, value)
    if is_somebodys:
        headers.setdefault("Cache-Control", "no-store")


async def _whole_body(headers: Headers, receive: Receive, limit: int) -> bytes | None:
    """The request's body, or None when it passes the limit.

    What passes it is read and dropped: a client that is still sending when the connection closes would lose the
    refusal with it. One that asked first (`Expect: 100-continue`) is refused before it sends anything.
    """
    declared = headers.get("content-length", "0")
    is_too_large = declared.isdigit() and int(declared) > limit
    if is_too_large and ("expect" in headers or int(declared) > DROPPED_BYTES):
        return None
    chunks, size, more = [], 0, True
    while more and size <= DROPPED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= limit else None


def _too_large(scope: Scope, headers: Headers, limit: int) -> ASGIApp:
    return _told(_at_most(limit), scope, headers)


def _told(problem: Problem, scope: Scope, headers: Headers) -> ASGIApp:
    if told := getattr(scope["app"].state, "told", None):
        shown: ASGIApp = told(problem, scope)
        return shown
    return problems.render(problem, path=scope["path"], accept_language=headers.get("accept-language"))


def _at_most(limit: int) -> TooLarge:
    megabytes = limit // 2**20 or limit / 2**20
    return TooLarge(
        f"Send at most {megabytes:g} MiB in one request",
        f"单次请求最多 {megabytes:g} MiB",
        headers={"Connection": "close"},
    )


def _asked_for(headers: Headers, receive: Receive, limit: int) -> Receive:
    """The body, read when the route asks for it: after it has seen a token, and holding nothing that others wait for.
    Raises TooLarge then."""
    replayed: Receive | None = None

    async def once() -> Message:
        nonlocal replayed
        if replayed is None:
            if (body := await _whole_body(headers, receive, limit)) is None:
                raise _at_most(limit)
            replayed = _replayed(body, receive)
        return await replayed()

    return once


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def once() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _crashed(scope: Scope, headers: Headers) -> ASGIApp:
    problem = Problem("The fault is recorded; please try again later", "错误已记录，请稍后再试")
    if told := getattr(scope["app"].state, "told", None):
        shown: ASGIApp = told(problem, scope)
        return shown
    return problems.render(problem, path=scope["path"], accept_language=headers.get("accept-language"))


def _route(scope: Scope) -> str:
    """The route's template, not the path: codes and ids would make a metric per organisation."""
    return getattr(scope.get("route"), "path", "unmatched")


def _no_upload(_scope: Scope) -> bool:
    return False
