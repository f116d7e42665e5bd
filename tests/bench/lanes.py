"""How long a demand takes to reach its subscriber while hundreds of samples wait, beside an idle stack."""

import asyncio
import statistics
import time
from itertools import cycle, islice

import asyncpg

from tests.bench import platform
from tests.bench.latency import Arrivals, listening
from tests.bench.report import Result, figure
from tests.e2e import texts
from tests.support import samples
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.stack import LiveStack

WAITING = 500
DEMANDS = 12
WARM_UP = 3
AT_ONCE = 8
BOUND = 3.0
"""How many times the idle time it may be; tests hold the order that it comes from."""


async def measure() -> Result:
    with platform.running() as stack:
        async with town(stack) as people:
            agency, firm = people.agency(), people.enterprise()
            await firm.subscribe_on_nats()
            await firm.save_profile(texts.fitting_profile())
            async with listening(stack, firm) as arrivals:
                idle = [await _reaches(agency, arrivals, number) for number in range(DEMANDS + WARM_UP)][WARM_UP:]
                await _fill_queue(stack, people.enterprise())
                before = await _waiting(stack)
                await eventually(lambda: _has_begun(stack), within=120, every=0.2, what="the first of them done")
                busy = [await _reaches(agency, arrivals, number) for number in range(100, 100 + DEMANDS)]
                after = await _waiting(stack)
    figures = [
        figure(f"publish reply → NATS event, {name}", pick(busy) * 1000, "ms", f"idle, {name}", pick(idle) * 1000)
        for name, pick in (("median", statistics.median), ("slowest", max))
    ]
    note = f"{DEMANDS} demands, one after the other; {before} jobs waited before the first, {after} after the last"
    return Result(f"A fresh demand while {WAITING} samples wait", figures, [note, f"at most {BOUND:g} is promised"])


async def _reaches(agency: Party, arrivals: Arrivals, number: int) -> float:
    demand = await agency.publish(texts.demand(title=f"闸口集装箱箱体残损智能识别（{number}）"))
    replied_at = time.monotonic()
    return await arrivals.of(demand["id"]) - replied_at


async def _fill_queue(stack: LiveStack, other: Party) -> None:
    """Nothing is matched meanwhile, so that all of them wait."""
    stack.stop("matcher-work")
    turns = asyncio.Semaphore(AT_ONCE)

    async def save(profile: Json) -> None:
        async with turns:
            await other.save_profile(profile)

    await asyncio.gather(*(save(profile) for profile in _profiles()))
    stack.start("matcher-work")


def _profiles() -> list[Json]:
    offers = islice(cycle(samples.rows("offers.jsonl").values()), WAITING)
    shown = (samples.offer(row).model_dump(mode="json") for row in offers)
    return [{**offer, "headline": f"{offer['headline']}（{number}）"} for number, offer in enumerate(shown)]


async def _has_begun(stack: LiveStack) -> bool:
    """Whether the model is loaded, which a worker that runs has behind it."""
    return await _waiting(stack) < WAITING


async def _waiting(stack: LiveStack) -> int:
    connection = await asyncpg.connect(stack.database_url("matcher"))
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM jobs")
        return count
    finally:
        await connection.close()
