"""What is due is done once its time has come: over restarts, beside other workers, and in spite of what fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.database import Database
from common.settings import ServiceSettings
from tests.support.eventually import eventually

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class Bell:
    """Rings for keys; some of them break it."""

    def __init__(self, *broken: UUID) -> None:
        self.rung: list[UUID] = []
        self.broken = set(broken)

    async def __call__(self, _session: AsyncSession, key: UUID, _at: datetime) -> None:
        if key in self.broken:
            raise ValueError("broken")
        self.rung.append(key)


@pytest.fixture
async def database(database_of: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(ServiceSettings(database_url=database_of("catalog")))
    yield opened
    await opened.close()


async def put(database: Database, key: UUID, due_at: datetime | None) -> None:
    async with database.begin() as session:
        await deadlines.put(session, "ring", key, due_at)


async def rung(database: Database, bell: Bell, at: datetime) -> list[UUID]:
    """What rings at a moment."""
    before = len(bell.rung)
    await deadlines.run_due(database, {"ring": bell}, at)
    return bell.rung[before:]


async def test_what_is_due_is_done_once_and_in_order(database: Database) -> None:
    early, late, future = uuid4(), uuid4(), uuid4()
    await put(database, late, NOON)
    await put(database, early, NOON - timedelta(minutes=1))
    await put(database, future, LATER)
    bell = Bell()
    assert await rung(database, bell, NOON) == [early, late]
    assert await rung(database, bell, NOON + timedelta(minutes=40)) == []
    assert await rung(database, bell, LATER) == [future]


async def test_the_last_word_on_a_time_counts(database: Database) -> None:
    moved, taken_back = uuid4(), uuid4()
    for key in (moved, taken_back):
        await put(database, key, NOON)
    await put(database, moved, LATER)
    await put(database, taken_back, None)
    bell = Bell()
    assert await rung(database, bell, NOON) == []
    assert await rung(database, bell, LATER) == [moved]


async def test_what_is_put_anew_while_it_is_done_is_due_again(database: Database) -> None:
    key = uuid4()
    await put(database, key, NOON)
    again = Bell()

    async def puts_itself(session: AsyncSession, each: UUID, _at: datetime) -> None:
        await deadlines.put(session, "ring", each, LATER)

    await deadlines.run_due(database, {"ring": puts_itself}, NOON)
    assert await rung(database, again, LATER) == [key]


async def test_what_is_rolled_back_was_not_put(database: Database) -> None:
    async with database.begin() as session:
        await deadlines.put(session, "ring", uuid4(), NOON)
        await session.rollback()
    assert await rung(database, Bell(), LATER) == []


async def test_workers_side_by_side_do_each_once(database: Database) -> None:
    keys = {uuid4() for _ in range(120)}
    for key in keys:
        await put(database, key, NOON)
    bell = Bell()
    while await asyncio.gather(*(deadlines.run_due(database, {"ring": bell}, NOON) for _ in range(4))) != [0] * 4:
        pass
    assert (len(bell.rung), set(bell.rung)) == (120, keys)


async def test_one_that_fails_lets_the_others_pass_and_is_tried_less_and_less_often(database: Database) -> None:
    broken, sound = uuid4(), uuid4()
    await put(database, broken, NOON)
    await put(database, sound, NOON)
    bell = Bell(broken)
    assert await rung(database, bell, NOON) == [sound]
    tried = [NOON + timedelta(seconds=passed) for passed in range(0, 300, 10)]
    counts = [await deadlines.run_due(database, {"ring": bell}, at) for at in tried]
    assert [number * 10 for number, count in enumerate(counts) if count] == [30, 90, 210]
    bell.broken.clear()
    assert await rung(database, bell, LATER) == [broken]


async def test_what_a_killed_worker_had_in_hand_is_done_by_another(database: Database) -> None:
    key = uuid4()
    await put(database, key, NOON)
    async with database.begin() as session:
        assert [due.key for due in await deadlines.claim(session, ["ring"], NOON)] == [key]
    bell = Bell()
    assert await rung(database, bell, NOON + timedelta(seconds=29)) == []
    assert await rung(database, bell, NOON + timedelta(seconds=30)) == [key]


async def test_a_worker_that_lost_its_lease_does_nothing_a_second_time(database: Database) -> None:
    key, bell = uuid4(), Bell()
    await put(database, key, NOON)
    async with database.begin() as session:
        [slow] = await deadlines.claim(session, ["ring"], NOON)
    assert await rung(database, bell, NOON + timedelta(seconds=30)) == [key]
    await deadlines.do(database, bell, slow, NOON)
    assert bell.rung == [key]


async def test_what_one_worker_is_slow_to_do_another_leaves_to_it(database: Database) -> None:
    key, entered, goes_on = uuid4(), asyncio.Event(), asyncio.Event()
    await put(database, key, NOON)
    quick = Bell()

    async def slow(_session: AsyncSession, _key: UUID, _at: datetime) -> None:
        entered.set()
        await goes_on.wait()

    task = asyncio.create_task(deadlines.run_due(database, {"ring": slow}, NOON))
    await asyncio.wait_for(entered.wait(), 5)
    assert await rung(database, quick, NOON + timedelta(seconds=30)) == []
    goes_on.set()
    assert await asyncio.wait_for(task, 5) == 1
    assert await rung(database, quick, LATER) == []


async def test_what_only_a_later_release_knows_how_to_do_is_left_to_it(database: Database) -> None:
    key = uuid4()
    await put(database, key, NOON)
    assert await deadlines.run_due(database, {"other": Bell()}, LATER) == 0
    assert await rung(database, Bell(), LATER) == [key]


async def test_the_loop_wakes_for_the_next_and_plans_what_was_forgotten(database: Database) -> None:
    soon, forgotten = uuid4(), uuid4()
    bell, stop = Bell(), asyncio.Event()

    def clock() -> datetime:
        return datetime.now(UTC)

    async def replan(session: AsyncSession, at: datetime) -> None:
        await deadlines.put(session, "ring", forgotten, at)

    await put(database, soon, clock() + timedelta(seconds=0.5))
    loop = deadlines.keeping(database, {"ring": bell}, replan=replan, every_s=3600.0, now=clock)
    task = asyncio.ensure_future(loop(stop))
    await eventually(lambda: set(bell.rung) == {soon, forgotten})
    stop.set()
    await asyncio.wait_for(task, 5)
    async with database.begin() as session:
        assert await session.scalar(text("SELECT count(*) FROM deadlines")) == 0
