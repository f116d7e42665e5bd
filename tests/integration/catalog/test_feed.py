"""The feed of public changes: each once, in an order that never changes, whatever is committed in which order."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of

INSERT = """
    INSERT INTO history (subject_id, version, id, noun, change, changed_at, snapshot)
    VALUES ($1, 1, $1, 'demand', 'published', clock_timestamp(), '{}')
"""


async def read_on(catalog: CatalogUnderTest, after: str | None = None, **asked: Any) -> tuple[list[Any], str | None]:
    """The changes after a place, and the place to go on from."""
    if after:
        asked["after"] = after
    reply = await catalog.get("/v1/feed", **asked)
    assert reply.status_code == 200, reply.text
    return reply.json()["items"], reply.json()["cursor"]


async def test_every_public_change_is_in_the_feed_once_and_in_order(catalog: CatalogUnderTest) -> None:
    one, other = await catalog.a_published_demand(title="甲"), await catalog.a_published_demand(title="乙")
    await catalog.post(f"{one}/amend", {"title": "甲二", "reason": "更正"}, If_Match='"3"')
    await catalog.post(f"{other}/withdraw", {"reason": "取消"})
    items, place = await read_on(catalog)
    assert [(item["id"], item["change"], item["snapshot"]["title"]) for item in items] == [
        (str(id_of(one)), "published", "甲"),
        (str(id_of(other)), "published", "乙"),
        (str(id_of(one)), "amended", "甲二"),
        (str(id_of(other)), "withdrawn", "乙"),
    ]
    assert items[2]["changes"] == [{"pointer": "#/title", "before": "甲", "after": "甲二"}]
    assert await read_on(catalog, place) == ([], place)
    await catalog.post(f"{one}/close")
    [closed], _ = await read_on(catalog, place)
    assert (closed["change"], closed["noun"]) == ("closed", "demand")


async def test_the_feed_is_read_in_pages_from_any_place(catalog: CatalogUnderTest) -> None:
    for number in range(5):
        await catalog.a_published_demand(title=f"需求{number}")
    titles, path = [], "/v1/feed?limit=2"
    while path:
        reply = await catalog.get(path)
        titles.append([item["snapshot"]["title"] for item in reply.json()["items"]])
        path = reply.links.get("next", {}).get("url", "")
    assert titles == [["需求0", "需求1"], ["需求2", "需求3"], ["需求4"]]


async def test_drafts_and_what_is_private_are_not_in_the_feed(catalog: CatalogUnderTest) -> None:
    assert await read_on(catalog) == ([], None)
    draft = await catalog.a_draft(title="草稿")
    await catalog.post(f"{draft}/submit")
    await catalog.post(f"{draft}/withdraw", {"reason": "不再需要"})
    await catalog.a_published_demand(title="公开")
    reply = await catalog.get("/v1/feed", as_=catalog.port)
    assert [item["snapshot"]["title"] for item in reply.json()["items"]] == ["公开"]
    assert not any(word in reply.text for word in ("contact", "12345678", "review_comments", "submitted_by"))


async def test_who_waits_is_told_of_the_next_change_and_of_none_in_time(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand()
    _, place = await read_on(catalog)
    waiting = asyncio.create_task(read_on(catalog, place, wait_s=20))
    where = await catalog.a_published_demand(title="新来的")
    [item], place = await waiting
    assert item["id"] == str(id_of(where))
    assert await read_on(catalog, place, wait_s=0.2) == ([], place)


async def test_who_waits_holds_no_connection(catalog: CatalogUnderTest) -> None:
    _, place = await read_on(catalog)
    waiting = [asyncio.create_task(read_on(catalog, place, wait_s=20)) for _ in range(40)]
    await catalog.a_published_demand()
    assert {len(items) for items, _ in await asyncio.gather(*waiting)} == {1}


async def test_a_place_that_a_restored_database_does_not_have_is_refused(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand()
    _, place = await read_on(catalog)
    await execute(catalog, "UPDATE history SET id = gen_random_uuid()")
    reply = await catalog.get("/v1/feed", after=place)
    assert (reply.status_code, reply.json()["type"]) == (410, "/problems/expired")


@pytest.mark.parametrize("after", ["x", "WzEsMl0", "W3RydWUsICIwMTg5MGE1ZC1hYzk2LTc3NGItYmNjZS1iMzAyMDk5YTgwNTciXQ"])
async def test_a_place_is_given_as_it_was_told(catalog: CatalogUnderTest, after: str) -> None:
    reply = await catalog.get("/v1/feed", after=after)
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "after")


async def test_what_was_published_before_there_was_a_feed_is_in_it(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="早先的")
    await execute(catalog, "UPDATE history SET position = NULL")
    assert [item["snapshot"]["title"] for item in (await read_on(catalog))[0]] == ["早先的"]


COMMITS, WRITERS, READERS = 10_000, 12, 3


async def test_readers_skip_nothing_among_ten_thousand_commits(catalog: CatalogUnderTest) -> None:
    """Rollbacks and transactions that last longer than thousands of others are among them."""
    committed: set[UUID] = set()
    chance = random.Random(7)
    jobs = [chance.random() for _ in range(COMMITS)]
    done = asyncio.Event()
    readers = [asyncio.create_task(all_read(catalog, done)) for _ in range(READERS)]
    async with connections(catalog, WRITERS + 4) as lines:
        long_ones = [asyncio.create_task(long_transaction(line, committed)) for line in lines[WRITERS:]]
        await asyncio.gather(*(write(line, jobs, committed) for line in lines[:WRITERS]))
        for one in long_ones:
            await one
    done.set()
    for read in await asyncio.gather(*readers):
        assert len(read) == len(set(read)), "each once"
        assert set(read) == committed, "none skipped, none that was rolled back"
    assert len({tuple(read) for read in await asyncio.gather(*readers)}) == 1, "all in the same order"


async def write(line: asyncpg.Connection, jobs: list[float], committed: set[UUID]) -> None:
    while jobs:
        is_rolled_back, change_id = jobs.pop() < 0.1, uuid4()
        if is_rolled_back:
            await line.execute(f"BEGIN; {INSERT.replace('$1', repr(str(change_id)))}; ROLLBACK")
        else:
            await line.execute(INSERT, change_id)
            committed.add(change_id)


async def long_transaction(line: asyncpg.Connection, committed: set[UUID]) -> None:
    """Begins among the first and commits among the last; its change was made, and dated, before thousands of others."""
    change_id = uuid4()
    async with line.transaction():
        await line.execute(INSERT, change_id)
        while len(committed) < COMMITS // 2:
            await line.fetchval("SELECT 1")
            await asyncio.sleep(0.05)
    committed.add(change_id)


async def all_read(catalog: CatalogUnderTest, done: asyncio.Event) -> list[UUID]:
    """What a reader is shown who reads on and on until the writers have ended and nothing more comes."""
    found: list[UUID] = []
    place: str | None = None
    while True:
        was_done = done.is_set()
        items, place = await read_on(catalog, place, limit=200, wait_s=0.0 if was_done else 1.0)
        found += [UUID(item["id"]) for item in items]
        if was_done and not items:
            return found


@asynccontextmanager
async def connections(catalog: CatalogUnderTest, count: int) -> AsyncIterator[list[asyncpg.Connection]]:
    opened = [await asyncpg.connect(catalog.database.dsn) for _ in range(count)]
    try:
        yield opened
    finally:
        for each in opened:
            await each.close()


async def execute(catalog: CatalogUnderTest, statement: str) -> None:
    async with connections(catalog, 1) as [line]:
        await line.execute(statement)
