"""How long a published demand takes to reach its subscribers, beside what embedding its texts alone takes."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.msg import Msg

from common.contracts.catalog import DemandSnapshot
from matcher.engine.embedding import Embedder, load_embedder
from matcher.vectors.content import demand_texts
from tests.bench import platform
from tests.bench.report import Result, figure
from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack

DEMANDS = 120
WARM_UP = 5
BASELINE = "embedding its texts, bare engine"


class Arrivals:
    """When each demand's event came, by the demand's id."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._came = asyncio.Event()

    async def take(self, message: Msg) -> None:
        moment = time.monotonic()
        self.at.setdefault(json.loads(message.data)["data"]["match"]["demand_id"], moment)
        self._came.set()

    async def of(self, demand_id: str) -> float:
        async with asyncio.timeout(60):
            while demand_id not in self.at:
                self._came.clear()
                await self._came.wait()
        return self.at[demand_id]


async def measure() -> Result:
    engine = load_embedder(cache_dir=platform.cache(), threads=1)
    with platform.running() as stack, Receiver() as receiver:
        async with town(stack) as people:
            agency, firm = people.agency(), people.enterprise()
            await firm.subscribe_on_nats()
            await firm.subscribe_webhook(receiver.url("/hook"))
            await firm.save_profile(texts.fitting_profile())
            async with listening(stack, firm) as arrivals:
                samples = [await _sample(agency, arrivals, engine, number) for number in range(DEMANDS + WARM_UP)]
            hooked = await _hooked_at(receiver, {demand_id for demand_id, *_ in samples})
    samples = samples[WARM_UP:]
    on_nats = [arrived - replied for _, replied, arrived, _ in samples]
    by_webhook = [hooked[demand_id] - replied for demand_id, replied, *_ in samples]
    alone = [embedding_s for *_, embedding_s in samples]
    figures = [
        figure(
            f"publish reply → {channel}, {name}", pick(times) * 1000, "ms", f"{BASELINE}, {name}", pick(alone) * 1000
        )
        for channel, times in (("NATS event", on_nats), ("webhook", by_webhook))
        for name, pick in (("p50", statistics.median), ("p95", _p95))
    ]
    return Result("From a published demand to its subscriber", figures, [f"{DEMANDS} demands, one after the other"])


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


@asynccontextmanager
async def listening(stack: LiveStack, firm: Party) -> AsyncIterator[Arrivals]:
    arrivals = Arrivals()
    client = await stack.broker.as_operator("notify")
    await client.subscribe(firm.subject, cb=arrivals.take)
    await client.flush()
    yield arrivals
    await client.close()


async def _sample(agency: Party, arrivals: Arrivals, engine: Embedder, number: int) -> tuple[str, float, float, float]:
    """(demand id, when publishing was answered, when the event came, seconds the bare engine took for the texts)."""
    demand = await agency.publish(texts.demand(title=f"闸口集装箱箱体残损智能识别（{number}）"))
    replied_at = time.monotonic()
    arrived_at = await arrivals.of(demand["id"])
    asked = [text for _, text in demand_texts(_snapshot(demand)).asked]
    began_at = time.monotonic()
    await asyncio.to_thread(engine.encode_queries, asked)
    return demand["id"], replied_at, arrived_at, time.monotonic() - began_at


def _snapshot(demand: Json) -> DemandSnapshot:
    return DemandSnapshot.model_validate({name: demand[name] for name in DemandSnapshot.model_fields})


async def _hooked_at(receiver: Receiver, demand_ids: set[str]) -> dict[str, float]:
    def arrived() -> dict[str, float]:
        found: dict[str, float] = {}
        for request in receiver.received("/hook"):
            found.setdefault(json.loads(request.body)["data"]["match"]["demand_id"], request.received_at)
        return found if found.keys() >= demand_ids else {}

    return await eventually(arrived, within=30)
