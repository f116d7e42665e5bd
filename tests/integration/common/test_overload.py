"""A request that would wait too long for a connection is refused at once; the others wait and are served."""

import asyncio
import socket
import time
from contextlib import ExitStack
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from common import arrival
from common.database import Database
from common.errors import Unavailable
from common.settings import ServiceSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.eventually import eventually

USUALLY_S, LIMIT_S = 1.0, 6.0
CROWD = 100


@pytest.fixture
def settings(settings: ServiceSettings) -> ServiceSettings:
    """One connection for all but hot reads."""
    return settings.model_copy(update={"database_pool": 2, "queue_limit_s": LIMIT_S})


async def learn(database: Database) -> None:
    """Have it seen how long turns take."""
    for _ in range(3):
        async with database.begin() as session:
            await session.execute(text(f"SELECT pg_sleep({USUALLY_S})"))


async def test_who_would_wait_too_long_is_refused_at_once_and_who_would_not_is_served(
    settings: ServiceSettings, issuer: TokenIssuer
) -> None:
    app = ledger.ledger_app(settings)
    async with ledger.running(app) as client:
        database: Database = app.state.database
        await learn(database)
        async with database.begin():
            waiting: list[asyncio.Task[httpx.Response]] = []
            while not any(one.done() for one in waiting):
                waiting.append(asyncio.create_task(client.get("/notes")))
                await eventually(lambda: waiting[-1].done() or database.waiting_count == len(waiting))
            assert database.waiting_count == len(waiting) - 1 > 0
        *served, refused = await asyncio.gather(*waiting)
    assert {reply.status_code for reply in served} == {200}
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    assert int(refused.headers["retry-after"]) > LIMIT_S


async def test_a_wait_that_lasts_longer_than_was_to_be_expected_ends_at_the_limit(settings: ServiceSettings) -> None:
    app = ledger.ledger_app(settings.model_copy(update={"queue_limit_s": 0.1}))
    async with ledger.running(app) as client, app.state.database.begin():
        reply = await client.get("/notes")
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)


async def test_many_at_once_are_all_served_while_the_database_is_well(settings: ServiceSettings) -> None:
    app = ledger.ledger_app(settings.model_copy(update={"queue_limit_s": 30.0}))
    async with ledger.running(app) as client:
        client.timeout = httpx.Timeout(60.0)
        replies = await asyncio.gather(*(client.get("/notes") for _ in range(200)))
    assert {reply.status_code for reply in replies} == {200}


async def test_a_crowd_that_comes_while_the_loop_is_busy_is_accepted_in_a_few_turns_of_it(
    settings: ServiceSettings,
) -> None:
    with ledger.served(settings) as server, ExitStack() as opened:
        port, turns = await eventually(partial(ledger.port_of, server)), 0
        loop = server.servers[0].get_loop()

        def turn() -> None:
            nonlocal turns
            turns += 1
            time.sleep(0.01)
            if not server.should_exit:
                loop.call_soon(turn)

        loop.call_soon_threadsafe(turn)
        for _ in range(CROWD):
            opened.enter_context(socket.create_connection(("127.0.0.1", port)))
        came_at = turns
        await eventually(lambda: len(server.server_state.connections) == CROWD)
        assert turns - came_at < CROWD // 4


async def test_what_a_request_waited_before_anybody_looked_at_it_counts(settings: ServiceSettings) -> None:
    """It came whole long ago, and one is before it: another wait would be beyond the limit."""
    database = Database(settings)
    await learn(database)
    try:
        arrival.bind({arrival.ARRIVED: time.monotonic() - 0.99 * LIMIT_S})
        async with database.begin():
            with pytest.raises(Unavailable):
                async with asyncio.timeout(USUALLY_S / 2), database.begin():
                    raise AssertionError("let in")
            # Asked again, what it did in between is its own time.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(USUALLY_S / 2), database.begin():
                    raise AssertionError("let in")
    finally:
        arrival.bind({})
        await database.close()
