"""Sends the mixed load of one step at the moments it is due, whatever the answers, and measures it."""

import asyncio
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.bench import load, reads
from tests.bench.capacity_client import Caller
from tests.bench.capacity_meters import Meters
from tests.bench.capacity_steps import ANNOUNCED, MIX, Step
from tests.bench.latency import Arrivals, listening
from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.parties import Party, Town
from tests.support.stack import LiveStack

SUBSCRIBERS = 20
"""Firms with a profile that fits and a subscription: what each publication is fanned out to."""
MOST_IN_HAND = 2000
ANNOUNCED_WITHIN_S = 30.0
SETTLED_WITHIN_S = 300.0
SEED = 11


@dataclass
class Outcome:
    """Seconds by kind, and how many requests were not answered well."""

    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: int = 0
    failed: int = 0
    published: list[tuple[str, float]] = field(default_factory=list)  # id, and monotonic moment of the reply


class Bench:
    """A filled platform, and how each kind of request is sent to it."""

    def __init__(self, stack: LiveStack, agency: Party, firm: Party, paths: list[str]) -> None:
        self.stack, self._agency, self._firm = stack, agency, firm
        self._catalog = Caller(reads.port_of(stack.url("catalog")))
        self._matcher = Caller(reads.port_of(stack.url("matcher")))
        self._demand, self._profile = paths
        self._numbers = iter(range(10**9))
        self._arrivals: Arrivals | None = None

    @classmethod
    async def filled(cls, stack: LiveStack, people: Town) -> "Bench":
        agency, firm = people.agency(), people.enterprise()
        await firm.subscribe_on_nats()
        for _ in range(SUBSCRIBERS - 1):
            one = people.enterprise()
            await one.subscribe_on_nats()
            await one.save_profile(texts.fitting_profile())
        found = await reads.filled(agency, firm)
        bench = cls(stack, agency, firm, [path for _, path in found.paths[1:3]])
        for kind in MIX:  # the model is loaded, the caches are warm
            await bench.send(kind, Outcome())

        async def is_settled() -> bool:
            return sum(await _queues(stack)) == 0

        await eventually(is_settled, within=SETTLED_WITHIN_S, every=1.0, what="matching what was filled in")
        return bench

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """With a client on the firm's subject, which hears of every publication."""
        async with listening(self.stack, self._firm) as self._arrivals:
            yield
        await self._catalog.close()
        await self._matcher.close()

    async def send(self, kind: str, outcome: Outcome) -> float:
        """Seconds that are not to be counted. Raises OSError for an answer that is not good."""
        match kind:
            case "list demands":
                await self._catalog.ask(load.get("/v1/demands"))
            case "read demand":
                await self._catalog.ask(load.get(self._demand))
            case "search demands":
                await self._catalog.ask(load.get("/v1/demands?q=%E6%AE%8B%E6%8D%9F&limit=10"))
            case "read profile":
                await self._matcher.ask(load.get(self._profile))
            case "list matches":
                await self._matcher.ask(load.get("/v1/matches", self._firm.token))
            case "save profile":
                profile = texts.strange_profile(headline=f"中央厨房净菜加工第{next(self._numbers)}号")
                await self._matcher.ask(load.post("/v1/profiles", self._firm.token, profile))
            case "ask for fits":
                asked = {"text": f"识别集装箱箱体破洞和锈蚀，第{next(self._numbers)}次询问"}
                await self._matcher.ask(load.post("/v1/fits", self._firm.token, asked))
            case _:
                return await self._publish(outcome)
        return 0.0

    async def _publish(self, outcome: Outcome) -> float:
        loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        demand = texts.demand(title=f"港口闸口箱体残损识别第{next(self._numbers)}号")
        drafted = json.loads(await self._catalog.ask(load.post("/v1/demands", self._agency.token, demand)))
        where = f"/v1/demands/{drafted['id']}"
        await self._catalog.ask(load.post(f"{where}/submit", self._agency.token, None))
        drafted_s = loop.time() - began
        await self._catalog.ask(load.post(f"{where}/publish", self._agency.token, None))
        outcome.published.append((drafted["id"], time.monotonic()))
        return drafted_s

    async def announced_s(self, outcome: Outcome) -> list[float]:
        """From the reply of each publication to its event; those that do not come in time count as the limit."""
        assert self._arrivals is not None, "listening"
        try:
            async with asyncio.timeout(ANNOUNCED_WITHIN_S):
                for demand_id, _ in outcome.published:
                    await self._arrivals.of(demand_id)
        except TimeoutError:
            pass
        at = self._arrivals.at
        return [
            max(at[demand_id] - replied_at, 0.0) if demand_id in at else ANNOUNCED_WITHIN_S
            for demand_id, replied_at in outcome.published
        ]


async def step(bench: Bench, wanted: float, *, for_s: float) -> Step:
    """`for_s` seconds of load at `wanted` requests a second, then as long as its publications take to be announced."""
    before = await _queues(bench.stack)
    outcome = Outcome()
    async with Meters(bench.stack).running() as meters:
        took_s = await _sent(bench, wanted, for_s, outcome)
    announced = await bench.announced_s(outcome)
    after = await _queues(bench.stack)
    p95_s = {kind: _p95(took) for kind, took in outcome.took_s.items()}
    if announced:
        p95_s[ANNOUNCED] = _p95(announced)
    return Step(
        wanted=wanted,
        reached=sum(map(len, outcome.took_s.values())) / took_s,
        p95_s=p95_s,
        failed=outcome.failed / max(outcome.sent, 1),
        cores=meters.cores(),
        machine=meters.machine(),
        jobs=(before[0], after[0]),
        outbox=(before[1], after[1]),
        waits=dict(meters.waits),
    )


async def _sent(bench: Bench, wanted: float, for_s: float, outcome: Outcome) -> float:
    """Seconds until the last answer."""
    loop, choose = asyncio.get_running_loop(), random.Random(SEED)
    kinds = choose.choices(list(MIX), list(MIX.values()), k=int(wanted * for_s))
    began, tasks = loop.time(), set[asyncio.Task[None]]()
    for number, kind in enumerate(kinds):
        due = began + number / wanted
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        outcome.sent += 1
        if len(tasks) >= MOST_IN_HAND:
            outcome.failed += 1
            continue
        task = asyncio.create_task(_timed(lambda kind=kind: bench.send(kind, outcome), kind, due, outcome))  # type: ignore[misc]
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return loop.time() - began


async def _timed(send: Callable[[], Coroutine[Any, Any, float]], kind: str, due: float, outcome: Outcome) -> None:
    """From when it was due, so that waiting for a connection of this very client counts too."""
    try:
        uncounted_s = await send()
    except (OSError, EOFError):
        outcome.failed += 1
    else:
        outcome.took_s[kind].append(asyncio.get_running_loop().time() - due - uncounted_s)


async def _queues(stack: LiveStack) -> tuple[int, int]:
    """Jobs of the matcher, and events of all services, that wait."""
    waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    jobs, events = 0, 0
    for service in ("catalog", "matcher", "notify"):
        database = await asyncpg.connect(stack.database_url(service))
        events += await database.fetchval(waiting)
        jobs += await database.fetchval("SELECT count(*) FROM jobs") if service == "matcher" else 0
        await database.close()
    return jobs, events


def _p95(took_s: list[float]) -> float:
    return statistics.quantiles(took_s, n=20)[-1] if len(took_s) > 1 else sum(took_s)
