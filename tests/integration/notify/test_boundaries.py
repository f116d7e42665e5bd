"""Notify dies at the boundaries of its fast path, and tells everybody exactly what it tells when nothing dies."""

import asyncio
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.embedded.nats import NatsServer
from deploy.embedded.postgres import PostgresServer
from tests.integration.notify.accidents import Accidents, Servers
from tests.integration.notify.arena import WORK, Arena, keep_telling, working
from tests.integration.notify.service_under_test import World
from tests.support.dying import reports
from tests.support.dying.boundaries import Boundary, of
from tests.support.dying.deaths import Executioner, in_turns
from tests.support.receiver import Receiver

SEED = int(os.environ.get("CHAOS_SEED", "20260119"))
TIMES = int(os.environ.get("CHAOS_TIMES", "0"))
"""How often at each boundary, with other accidents between; 0: at a few of the fast path, once, which is what there is
time for in every run."""
FAST, FEW = ("relay", "matches"), 2
BUSY = (*FAST, "sender", "announcer", "notify-interests", "notify-dockings", "deadlines")
"""Loops that have something to do here."""
CALM, EVERY_S, WITHIN_S, SETTLES_WITHIN_S = 3, 0.2, 20.0, 180.0
BETWEEN_ACCIDENTS = 2


@pytest.mark.timeout(1800)
async def test_what_notify_tells_is_the_same_wherever_it_dies(
    notify: World, nats_server: NatsServer, postgres: PostgresServer, receiver: Receiver, tmp_path: Path
) -> None:
    arena, chance = Arena(notify, receiver), random.Random(SEED)
    await arena.subscribe()
    with working(notify, tmp_path) as worker:
        for number in range(CALM):
            await arena.announce(number)
        calm = await arena.settled(CALM, within_s=20)
        [usual] = {frozenset(each.items()) for each in calm.by_number.values()}
        asked, executioner = _asked(chance), Executioner(worker, tmp_path, chance)
        accidents = Accidents(notify, Servers(nats_server, postgres, receiver), executioner)
        count = await _told_while_dying(arena, executioner, asked, accidents if TIMES else None, chance)
        told = await arena.settled(count, within_s=SETTLES_WITHIN_S)
    died = executioner.died()
    different = {number: each for number, each in told.by_number.items() if frozenset(each.items()) != usual}
    copies = sum(told.stored_copies.values()) - len(told.stored_copies)
    said = {"told": len(told.by_number), "deliveries": len(told.stored_copies) + len(told.called)}
    wrong = {"different from a calm run": len(different), "copies": copies}
    reports.add("notify", SEED, died, {**said, **wrong}, accidents.counts)
    assert set(died) == {str(each) for each in asked}, "nobody came to the others"
    assert different == {}
    assert copies == 0 or TIMES, "one delivery is stored twice on a subject"


def _asked(chance: random.Random) -> list[Boundary]:
    """Those of the sender first: what a dead one had in hand is free when its lease ends."""
    asked = in_turns([each for each in of(WORK) if each.loop in (BUSY if TIMES else FAST)], TIMES or 1, chance)
    return sorted(asked, key=lambda each: each.loop != "sender") if TIMES else asked[:FEW]


async def _told_while_dying(
    arena: Arena,
    executioner: Executioner,
    asked: Sequence[Boundary],
    accidents: Accidents | None,
    chance: random.Random,
) -> int:
    """How many numbered things were announced until every death was died."""
    until = asyncio.Event()
    telling = asyncio.create_task(keep_telling(arena, CALM, until, every_s=EVERY_S))
    try:
        for start in range(0, len(asked), BETWEEN_ACCIDENTS):
            await executioner.kill_at(asked[start : start + BETWEEN_ACCIDENTS], within_s=WITHIN_S)
            if accidents is not None:
                await accidents.next(chance)
    finally:
        until.set()
    if accidents is not None:
        accidents.all_is_well()
    return await telling
