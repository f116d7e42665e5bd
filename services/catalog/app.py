"""Puts the catalog together: its HTTP API, and the loops of its background work."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from catalog.demands import routes as demands
from catalog.demands import service
from catalog.demands.public import HOT_READS, PublicDemands
from catalog.figures import figures as of_database
from catalog.imports.noun import Demands
from catalog.organisations import routes as organisations
from catalog.settings import CatalogSettings
from common.bus import Bus
from common.clock import now
from common.contracts.catalog import DemandEvent
from common.database import Database
from common.figures import Measurement
from common.imports import routes as imports
from common.imports.worker import Importing
from common.runtime import Loop, relaying
from common.waiting import first_of
from common.web import build_app

DESCRIPTION = """
What organisations want solved: **demands** of four kinds (`scenario`, `challenge`, `financing`, `pilot`) with typed
clauses.

A demand is drafted, submitted, published, amended with a reason, and closed or withdrawn. Each public step is announced
as an event and kept as a version. Reading what is public needs no token. Every refusal is an RFC 9457 problem document
that names the field at fault.
"""


def create_app(settings: CatalogSettings) -> FastAPI:
    @asynccontextmanager
    async def ready_to_read(app: FastAPI) -> AsyncIterator[None]:
        app.state.imported = Demands()
        app.state.public = PublicDemands(app.state.database, most_bytes=settings.read_cache_mb * 2**20)
        yield

    routers = [demands.router, organisations.router, imports.router]
    return build_app("catalog", settings, routers, description=DESCRIPTION, extra=ready_to_read, hot=HOT_READS)


def loops(settings: CatalogSettings) -> Callable[[Database, Bus], Mapping[str, Loop]]:
    def named(database: Database, bus: Bus) -> Mapping[str, Loop]:
        return {
            "relay": relaying(database, bus, DemandEvent.stream, settings),
            "closing": closing(database, settings.close_every_s),
            "importing": Importing(database, Demands(), settings, settings.platform.tracks).run,
        }

    return named


def figures(_: CatalogSettings) -> Callable[[Database], Sequence[Measurement]]:
    return lambda database: of_database(database, now)


def closing(database: Database, every_s: float) -> Loop:
    """The loop that closes demands at their closing time, each in a transaction of its own."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not await _close_one(database):
                await first_of(stop, within_s=every_s)

    return loop


async def _close_one(database: Database) -> bool:
    async with database.begin() as session:
        return await service.close_next_due(session, now())
