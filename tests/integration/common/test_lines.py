"""Requests that wait at the same moment share a read, and none is answered with what was read before it came."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text

from common.database import Database
from common.errors import Unavailable
from common.lines import Line, Together
from common.settings import ServiceSettings
from deploy.embedded.ports import free_port
from tests.support.eventually import eventually


class Counter:
    """Answers each key with how many reads there were; a read waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[Sequence[str]] = []
        self.go = asyncio.Event()

    async def read(self, line: Line, keys: Sequence[str]) -> dict[str, int]:
        self.batches.append(keys)
        await self.go.wait()
        [row] = await line.fetch("SELECT 1 AS one")
        return {key: len(self.batches) * row["one"] for key in keys if key != "nothing"}


@pytest.fixture
async def narrow(settings: ServiceSettings) -> AsyncIterator[Database]:
    """With one connection for reads."""
    opened = Database(settings.model_copy(update={"database_pool": 2, "queue_limit_s": 0.5}))
    yield opened
    await opened.close()


async def test_those_who_wait_for_a_connection_share_the_next_read(narrow: Database) -> None:
    counter = Counter()
    together: Together[str, int] = Together(narrow.lines, counter.read)
    first = asyncio.create_task(together.get("a"))
    await eventually(lambda: counter.batches)
    later = [asyncio.create_task(together.get(key)) for key in ("a", "b", "a", "nothing")]
    await asyncio.sleep(0)
    counter.go.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2, 2, 2, None], "read after they came, once"
    assert counter.batches[1] == ["a", "b", "nothing"]


async def test_a_read_in_hand_when_all_is_closed_leaves_no_connection_open(settings: ServiceSettings) -> None:
    database = Database(settings.model_copy(update={"database_pool": 2, "queue_limit_s": 5.0}))
    counter = Counter()
    together: Together[str, int] = Together(database.lines, counter.read)
    asked = asyncio.create_task(together.get("a"))
    await eventually(lambda: counter.batches)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    counter.go.set()
    assert await asked == 1
    await asyncio.wait_for(closing, 5)
    assert database._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    async with database.begin() as session:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert await session.scalar(text(others)) == 0
    await database.close()


async def test_a_request_given_up_leaves_the_others_their_answer(narrow: Database) -> None:
    counter = Counter()
    together: Together[str, int] = Together(narrow.lines, counter.read)
    gone, stays = (asyncio.create_task(together.get("a")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    counter.go.set()
    assert await stays == 1


async def test_a_wait_for_a_connection_ends(narrow: Database) -> None:
    together: Together[str, int] = Together(narrow.lines, Counter().read)
    async with narrow.lines.one():
        with pytest.raises(Unavailable):
            await together.get("a")


async def test_a_broken_connection_is_replaced(narrow: Database) -> None:
    async with narrow.lines.one() as line:
        [first] = await line.fetch("SELECT pg_backend_pid() AS pid")
    async with narrow.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"SELECT pg_terminate_backend({first['pid']})")

    async def another() -> bool:
        try:
            async with narrow.lines.one() as line:
                [second] = await line.fetch("SELECT pg_backend_pid() AS pid")
        except Unavailable:  # this time only
            return False
        return bool(second["pid"] != first["pid"])

    await eventually(another)


async def cut_in_use(database: Database) -> None:
    async with database.lines.one() as line:
        [mine] = await line.fetch("SELECT pg_backend_pid() AS pid")
        async with database.begin() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(f"SELECT pg_terminate_backend({mine['pid']})")
        await eventually(line.is_closed)
        await line.fetch("SELECT 1")


async def test_a_line_that_is_cut_in_use_is_an_outage(narrow: Database) -> None:
    with pytest.raises(Unavailable):
        await cut_in_use(narrow)


async def test_a_dead_database_is_an_outage(settings: ServiceSettings) -> None:
    nowhere = f"postgresql+asyncpg://nobody:none@127.0.0.1:{free_port()}/none"
    database = Database(settings.model_copy(update={"database_url": nowhere}))
    with pytest.raises(Unavailable):
        async with database.lines.one():
            pass
    await database.close()
