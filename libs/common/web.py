"""The HTTP side of a service: one way to build an app, with correlation, body limit, problems and health."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

import structlog
from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import api_docs, arrival, correlation, health, idempotency, metrics, problems, tracing
from common.auth import Verifier
from common.bus import Bus
from common.database import Database
from common.errors import BodyTooSlow, Problem, TooLarge
from common.figures import Figures
from common.hot import GUARD, SEEN, HotRead, HotReads, report, seen
from common.operations import UPLOAD
from common.permissions import enforced
from common.permissions.table import PermissionTable, of_process
from common.rates import Quotas, RateLimits
from common.routing import guarded
from common.settings import ServiceSettings
from common.timely import timely

log = structlog.get_logger()
FILES_SLOWER = 10
"""Times as long as other bodies that files may take to arrive."""
DROPPED_BYTES = 64 * 2**20
"""How much of a body that is too large is read at most, so that its sender is there to hear why it is refused."""
Crashed = Callable[[Scope, Headers], ASGIApp]
Extra = Callable[[FastAPI], AbstractAsyncContextManager[None]]


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


class _App(FastAPI):
    """Its requests come to `front` first."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.front: ASGIApp = super().__call__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)


class Api(NamedTuple):
    """What a service answers, and to whom.

    permissions  a row for each route
    hot          reads that answer what they can before the routers do
    """

    routers: Sequence[APIRouter] = ()
    permissions: PermissionTable = of_process()
    hot: Sequence[HotRead] = ()


def build_app(
    name: str, settings: ServiceSettings, api: Api, *, description: str, extra: Extra | None = None
) -> FastAPI:
    """An app with database, bus and token verifier on `app.state`; `extra` adds what one service alone needs. Requests
    that `app.state.is_upload` tells, where a service sets it, have their bodies read by their routes, piece by piece.
    Raises ValueError naming each route that the table of permissions has no row for, and one that does not ask it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _connected(app, name, settings), (extra or _nothing_more)(app):
            yield

    app = _App(
        title=f"Jingqiao {name}",
        version="0.1.0",
        description=description,
        lifespan=lifespan,
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings, app.state.is_stopping, app.state.troubles = settings, False, dict
    limit, larger, within_s = settings.body_limit_bytes, settings.larger_bodies, settings.body_timeout_s
    app.add_middleware(RequestEnvelope, body_limit_bytes=limit, larger=larger, within_s=within_s)
    problems.install(app)
    idempotency.install(app)
    routes = list(guarded((*api.routers, health.router)))
    app.router.routes.extend(routes)
    enforced.install(app, api.permissions, routes)
    if settings.docs:
        api_docs.install(app)
    _describe_problems(app)
    tracing.watch_app(app, name, settings.platform.otlp_endpoint)
    _put_before(app, settings, api.hot)
    return app


def _put_before(app: _App, settings: ServiceSettings, reads: Sequence[HotRead]) -> None:
    """What sees a request before the app does, outermost last."""
    if tracing.is_recording():  # whose middleware has to come first
        app.add_middleware(HotReads, reads=reads, state=app.state)
    else:
        app.front = HotReads(app.front, reads, app.state)
    quotas = Quotas(settings.rate_per_organisation, settings.rate_per_address, settings.rate_exempt)
    app.front = RateLimits(app.front, quotas, app.state)


@asynccontextmanager
async def _connected(app: FastAPI, name: str, settings: ServiceSettings) -> AsyncIterator[None]:
    app.state.database, app.state.verifier = Database(settings), Verifier(settings.platform)
    app.state.bus = Bus.of(settings, name)
    app.state.bus.open()
    app.state.figures = Figures(within_s=settings.connect_timeout_s)
    app.state.figures.add(health.figures(app.state.database, app.state.bus))
    try:
        yield
    finally:
        await app.state.bus.close()
        await app.state.database.close()
        await asyncio.to_thread(tracing.finish)


def _no_upload(_scope: Scope) -> bool:
    return False


@asynccontextmanager
async def _nothing_more(_app: FastAPI) -> AsyncIterator[None]:
    yield


def _describe_problems(app: FastAPI) -> None:
    """Put the one error shape into the OpenAPI document, in place of FastAPI's own."""
    original: Callable[[], dict[str, object]] = app.openapi

    def openapi() -> dict[str, object]:
        return problems.documented(original(), app.state.permissions)

    app.openapi = openapi  # type: ignore[method-assign]
