"""What the catalog does by itself: it closes demands at their time, and its schema is what its models say."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import text

from catalog.app import loops
from catalog.demands import clock
from catalog.settings import CatalogSettings
from common import deadlines
from common.bus import Bus
from common.clock import now
from common.database import Database
from common.runtime import keep_running
from deploy.embedded.nats import NatsServer
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import CatalogUnderTest, running, settings_for
from tests.support.eventually import eventually
from tests.support.postgres import migrate
from tests.support.rewind import rewind


@asynccontextmanager
async def clock_running(database: Database) -> AsyncIterator[None]:
    stop = asyncio.Event()
    loop = deadlines.keeping(database, clock.DUE, replan=clock.replan, every_s=0.05, now=now)
    task = asyncio.create_task(keep_running("deadlines", loop, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def test_a_demand_is_closed_when_its_time_comes(catalog: CatalogUnderTest) -> None:
    closes_at = now() + timedelta(seconds=3)
    where = await catalog.a_published_demand(closes_at=closes_at.isoformat())

    async def is_closed() -> bool:
        return bool((await catalog.get(where)).json()["state"] == "closed")

    async with clock_running(catalog.database):
        await eventually(is_closed)
    demand = (await catalog.announced())[-1].data["demand"]
    assert (demand["state"], demand["version"]) == ("closed", 4)


async def test_what_is_recorded_reaches_the_stream(
    database_of: Callable[[str], str], nats_server: NatsServer, issuer: TokenIssuer
) -> None:
    settings = settings_for(database_of("catalog"), issuer)
    bus, stop = Bus(nats_server.url, name="test"), asyncio.Event()
    async with running(settings, issuer) as catalog:
        await catalog.a_published_demand()
        bus.open()
        named = loops(settings)(catalog.database, bus)
        tasks = [asyncio.create_task(keep_running(name, loop, stop)) for name, loop in named.items()]

        async def is_sent() -> bool:
            return await catalog.recorded() == []

        await eventually(is_sent)
        state = await bus.state_of("CATALOG")
        stop.set()
        await asyncio.gather(*tasks)
    await bus.close()
    assert (set(named), state and state.last_seq) == ({"relay", "deadlines", "forgetting", "importing", "sealing"}, 4)


async def test_demands_stored_before_spellings_counted_are_found_by_them_once_migrated(
    catalog: CatalogUnderTest, settings: CatalogSettings
) -> None:
    for number in range(3):
        await catalog.a_published_demand(title=f"OPC UA 網關 {number}")
    async with catalog.database.begin() as session:
        await session.execute(text("UPDATE demands SET search = array_to_tsvector('{opc,ua,網關}')"))
    assert await catalog.found(q="OPCUA网关") == []
    await rewind("catalog", settings.database_url, "0003")
    await asyncio.to_thread(migrate, "catalog", settings.database_url)
    assert len(await catalog.found(q="OPCUA网关")) == 3
