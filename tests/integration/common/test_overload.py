"""A request that would wait too long for a connection is refused at once; the others wait and are served."""

import asyncio

import httpx
import pytest
from sqlalchemy import text

from common.database import Database
from common.settings import ServiceSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger
from tests.support.eventually import eventually

USUALLY_S, LIMIT_S = 1.0, 6.0


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
