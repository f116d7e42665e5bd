"""A broker that takes connections and says nothing: what was tried in vain is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from common.bus import Bus
from tests.support.eventually import eventually


class Silent:
    """How many connections came, and how many of them ended."""

    def __init__(self) -> None:
        self.came_count = self.ended_count = 0
        self.url = ""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came_count += 1
        await reader.read()
        self.ended_count += 1
        writer.close()


@asynccontextmanager
async def silent() -> AsyncIterator[Silent]:
    broker = Silent()
    async with await asyncio.start_server(broker.take, "127.0.0.1", 0) as server:
        broker.url = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield broker


async def test_a_bus_that_is_closed_while_it_connects_leaves_nothing_open() -> None:
    async with silent() as broker:
        bus = Bus(broker.url, name="ledger", timeout_s=5)
        bus.open()
        await eventually(lambda: broker.came_count == 1)
        await bus.close()
        await eventually(lambda: broker.ended_count == 1)


async def test_the_next_try_ends_the_one_before() -> None:
    async with silent() as broker:
        bus = Bus(broker.url, name="ledger", timeout_s=0.1)
        bus.open()
        await eventually(lambda: broker.came_count == 2)
        await eventually(lambda: broker.ended_count >= 1)
        await bus.close()
        await eventually(lambda: broker.ended_count == broker.came_count)
