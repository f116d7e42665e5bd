"""Heavy requests take turns by organisation, and those that cannot be served in time are refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from common.errors import Unavailable
from common.turns import FairGate


class Held:
    """A gate whose only place is taken, and requests that note when they get it."""

    def __init__(self, *, most_waiting: int = 100, limit_s: float = 30) -> None:
        self.gate = FairGate(at_once=1, most_waiting=most_waiting, limit_s=limit_s)
        self.served: list[str] = []
        self.leave = asyncio.Event()
        self._holding = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        async with self.gate.turn("holder"):
            await self.leave.wait()

    async def ask(self, organisation: str) -> None:
        async with self.gate.turn(organisation):
            self.served.append(organisation)

    async def waiting(self, *organisations: str) -> list[asyncio.Task[None]]:
        """The requests of these, each in the queue before the next one comes."""
        tasks = []
        for organisation in organisations:
            tasks.append(asyncio.create_task(self.ask(organisation)))
            await asyncio.sleep(0)
        return tasks


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    one = Held()
    await asyncio.sleep(0)
    yield one
    one.leave.set()


async def test_one_request_of_another_organisation_does_not_wait_for_a_flood(held: Held) -> None:
    tasks = await held.waiting(*["flood"] * 5, "other")
    held.leave.set()
    await asyncio.gather(*tasks)
    assert held.served.index("other") == 1


async def test_requests_of_one_organisation_keep_their_order_and_all_are_served(held: Held) -> None:
    tasks = await held.waiting("a", "b", "a", "b", "b")
    held.leave.set()
    await asyncio.gather(*tasks)
    assert held.served == ["a", "b", "a", "b", "b"]


async def test_a_full_queue_refuses_the_newest_of_whoever_fills_it() -> None:
    held = Held(most_waiting=3)
    await asyncio.sleep(0)
    flood = await held.waiting("flood", "flood", "flood")
    other = await held.waiting("other")
    with pytest.raises(Unavailable) as refused:
        await flood[2]
    held.leave.set()
    await asyncio.gather(*flood[:2], *other)
    assert refused.value.headers["Retry-After"] == "30"
    assert sorted(held.served) == ["flood", "flood", "other"]


async def test_whoever_fills_the_queue_is_refused_at_once() -> None:
    held = Held(most_waiting=2)
    await asyncio.sleep(0)
    flood = await held.waiting("flood", "flood")
    with pytest.raises(Unavailable):
        await held.ask("flood")
    held.leave.set()
    await asyncio.gather(*flood)


async def test_a_wait_beyond_the_limit_is_refused_and_takes_no_place() -> None:
    held = Held(limit_s=0.01)
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await held.ask("late")
    assert held.gate.waiting_count == 0
    held.leave.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await held.ask("next")
    assert held.served == ["next"]


async def test_a_request_given_up_while_it_waits_blocks_nobody(held: Held) -> None:
    gone, stays = await held.waiting("gone", "stays")
    gone.cancel()
    held.leave.set()
    await stays
    assert held.served == ["stays"]
    await held.ask("later")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def slow_gate(clock: Clock, *, limit_s: float) -> FairGate:
    """A gate with one place whose turns are known to take about a second each."""
    gate = FairGate(at_once=1, limit_s=limit_s, seconds=clock)
    for _ in range(50):
        async with gate.turn("earlier"):
            clock.now += 1.0
    return gate


async def test_who_would_wait_beyond_the_limit_is_refused_at_once_with_when_to_come_back() -> None:
    gate = await slow_gate(Clock(), limit_s=2.5)
    async with gate.turn("holder"):
        queue = [asyncio.create_task(took_a_turn(gate, "flood")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await took_a_turn(gate, "flood")
        assert refused.value.headers["Retry-After"] == "3"
    await asyncio.gather(*queue)


async def test_a_flood_makes_nobody_else_wait_beyond_the_limit() -> None:
    gate = await slow_gate(Clock(), limit_s=2.5)
    async with gate.turn("holder"):
        queue = [asyncio.create_task(took_a_turn(gate, "flood")) for _ in range(2)]
        await asyncio.sleep(0)
        queue.append(asyncio.create_task(took_a_turn(gate, "other")))
        await asyncio.sleep(0)
        assert gate.waiting_count == 3
    await asyncio.gather(*queue)


async def test_a_free_place_is_given_however_long_turns_took_before() -> None:
    gate = await slow_gate(Clock(), limit_s=0.1)
    await took_a_turn(gate, "next")


async def test_one_turn_that_hangs_puts_nobody_out_who_was_let_in() -> None:
    clock = Clock()
    gate = await slow_gate(clock, limit_s=12.0)
    async with gate.turn("holder"):
        queue = [asyncio.create_task(took_a_turn(gate, "flood")) for _ in range(10)]
        await asyncio.sleep(0)
        clock.now += 100.0
    await asyncio.gather(*queue)


async def took_a_turn(gate: FairGate, organisation: str) -> None:
    async with gate.turn(organisation):
        pass


async def test_when_turns_turn_out_to_be_slow_the_newest_are_refused_before_they_have_waited() -> None:
    clock = Clock()
    gate = FairGate(at_once=1, limit_s=2.5, seconds=clock)
    async with gate.turn("holder"):
        queue = [asyncio.create_task(took_a_turn(gate, "flood")) for _ in range(5)]
        await asyncio.sleep(0)
        clock.now += 20.0  # a tenth of it is believed, and of the limit twice is hopeless
    outcomes = await asyncio.gather(*queue, return_exceptions=True)
    assert [isinstance(one, Unavailable) for one in outcomes] == [False, False, False, True, True]
