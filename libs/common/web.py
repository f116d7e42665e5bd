"""The HTTP side of a service: one way to build an app, with its envelope, permissions, problems and health."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from common import api_docs, health, idempotency, problems, tracing
from common.auth import Verifier
from common.bus import Bus
from common.database import Database
from common.envelope import RequestEnvelope
from common.figures import Figures
from common.hot import HotRead, HotReads
from common.permissions import enforced
from common.permissions.table import PermissionTable, of_process
from common.rates import Quotas, RateLimits
from common.routing import guarded
from common.settings import ServiceSettings

Extra = Callable[[FastAPI], AbstractAsyncContextManager[None]]


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


@asynccontextmanager
async def _nothing_more(_app: FastAPI) -> AsyncIterator[None]:
    yield


def _describe_problems(app: FastAPI) -> None:
    """Put the one error shape into the OpenAPI document, in place of FastAPI's own."""
    original: Callable[[], dict[str, object]] = app.openapi

    def openapi() -> dict[str, object]:
        return problems.documented(original(), app.state.permissions)

    app.openapi = openapi  # type: ignore[method-assign]
