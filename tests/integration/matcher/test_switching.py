"""Training switches coefficients under the traffic: no ranking by the old ones is committed after the switch."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from common.clock import now
from matcher.engine.ranking.ranker import SHIPPED
from matcher.fitting.lessons import Lessons
from matcher.matching import record
from matcher.subjects.kind import SubjectKind
from matcher.training import learning
from matcher.training.learning import Learnt
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, House, demand
from tests.support.eventually import eventually

NOTHING: Any = np.zeros(0)
LEARNT = Learnt(
    told=Lessons(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    content=json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "learnt-here"},
    compared={},
    is_better=True,
)


class Held:
    """Makes the next call of a function wait for `let_go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: ModuleType, name: str) -> None:
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()
        self._act: Callable[..., Awaitable[Any]] = getattr(room, name)
        monkeypatch.setattr(room, name, self._wait)

    async def _wait(self, *arguments: Any, **named: Any) -> Any:
        self.reached.set()
        await self.let_go.wait()
        return await self._act(*arguments, **named)


async def ranker_of_the_match(house: House) -> str:
    [match] = await house.matches()
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}")).json()
    return str(receipt["ranker_version"])


async def test_a_switch_waits_for_the_rankings_that_are_being_committed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear(demand())
    await house.work()
    await house.save(DAMAGE_OFFER)
    held = Held(monkeypatch, record, "record")
    ranking = asyncio.create_task(house.lane(SubjectKind.PROFILE).step())
    await held.reached.wait()
    switching = asyncio.create_task(learning.put_in_use(house.database, LEARNT, now()))
    try:
        await eventually(house.is_waiting_for_a_lock)
        assert not switching.done()
    finally:
        held.let_go.set()
        await asyncio.gather(ranking, switching)
    await house.work()
    assert (await ranker_of_the_match(house)).startswith("learnt-here/")


async def test_a_ranking_that_is_done_while_a_switch_is_being_committed_waits_and_is_made_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear(demand())
    await house.work()
    await house.save(DAMAGE_OFFER)
    held = Held(monkeypatch, learning, "queue_open_demands")
    switching = asyncio.create_task(learning.put_in_use(house.database, LEARNT, now()))
    await held.reached.wait()
    ranking = asyncio.create_task(house.lane(SubjectKind.PROFILE).step())
    try:
        await eventually(house.is_waiting_for_a_lock)
    finally:
        held.let_go.set()
        await asyncio.gather(ranking, switching)
    assert await house.matches() == [], "the old ranking was thrown away"
    await house.work()
    assert (await ranker_of_the_match(house)).startswith("learnt-here/")
