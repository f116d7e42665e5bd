"""Puts the portal together: its pages, what stands around each request, and what is said when something fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from common import tracing
from common.envelope import RequestEnvelope
from common.rates import Quotas, RateLimits
from portal import errors, health, statics
from portal.agency import fairness, replies, uploads, writing
from portal.agency import pages as agency
from portal.api import Apis
from portal.calls import pages as calls
from portal.calls import steps as call_steps
from portal.enterprise import listening, profiles
from portal.enterprise import pages as enterprise
from portal.headers import PageHeaders
from portal.login import pages as login
from portal.login.oidc import Provider
from portal.notices import pages as notices
from portal.oversight import audit, health_page
from portal.public import lists
from portal.public import pages as public
from portal.sessions import Seal
from portal.settings import PortalSettings
from portal.work import beds, editions, talks
from portal.work import pages as work

ROUTERS = (
    public.router, lists.router, login.router, enterprise.router, listening.router, profiles.router, replies.router,
    agency.router, writing.router, fairness.router, uploads.router, notices.router, editions.router, work.router,
    beds.router, talks.router, calls.router, call_steps.router, health_page.router, audit.router, statics.router,
    health.router,
)  # fmt: skip
SMALLEST_PACKED_BYTES = 1000


def create_app(settings: PortalSettings) -> FastAPI:
    app = FastAPI(title="Jingqiao portal", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings, app.state.is_stopping = settings, False
    app.state.seal = Seal([key.get_secret_value() for key in settings.session_keys])
    for router in ROUTERS:  # whose routes are whole: to include them would build each again
        app.router.routes.extend(router.routes)
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_PACKED_BYTES)
    app.add_middleware(PageHeaders)
    app.add_middleware(
        RequestEnvelope,
        body_limit_bytes=settings.body_limit_bytes,
        larger=settings.larger_bodies,
        crashed=errors.crashed,
        within_s=settings.body_timeout_s,
    )
    # Of organisations the APIs keep count.
    app.add_middleware(RateLimits, quotas=Quotas(0, settings.rate_per_address, settings.rate_exempt), state=app.state)
    tracing.watch_app(app, "portal", settings.platform.otlp_endpoint)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: PortalSettings = app.state.settings
    app.state.apis = Apis(settings.apis, timeout_s=settings.api_timeout_s)
    app.state.provider = Provider(settings)
    try:
        yield
    finally:
        await app.state.apis.close()
        await app.state.provider.close()
