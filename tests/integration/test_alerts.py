"""Each alert fires when the fault that it names is done to a running platform, in the eyes of a real Prometheus."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from common.clock import new_id, now
from tests.contract.observability import alerts
from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.parties import Party, Town, town
from tests.support.prometheus import Prometheus, needs_prometheus, prometheus
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack, live_stack

pytestmark = [needs_prometheus, pytest.mark.timeout(600)]
RULES: dict[str, str] = {rule["alert"]: rule["expr"] for rule in alerts()}
ENV = {
    "NOTIFY_ALLOW_LOOPBACK": "true",
    **{f"{service}_CONNECT_TIMEOUT_S": "1" for service in ("CATALOG", "MATCHER", "NOTIFY")},
    "MATCHER_ANSWERS_AT_ONCE": "1",
    "MATCHER_ANSWER_QUEUE": "1",
    "MATCHER_EXACT_BELOW": "20",
}
WITHIN_S = 60.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("stack"), ENV) as running:
        yield running


@pytest.fixture(scope="module")
def watching(stack: LiveStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    targets: dict[str, list[str]] = {}
    for process in stack.processes:
        address = stack.health_url(process, "").removeprefix("http://")
        targets.setdefault(process.split("-")[0], []).append(address)
    with prometheus(tmp_path_factory.mktemp("prometheus"), targets) as running:
        yield running


@dataclass(frozen=True)
class Scene:
    """What a fault needs: the stack, people in it, and a receiver of webhooks."""

    stack: LiveStack
    people: Town
    receiver: Receiver

    @asynccontextmanager
    async def locked(self, service: str, lock: str) -> AsyncIterator[None]:
        """A transaction that somebody forgot to end."""
        connection = await asyncpg.connect(self.stack.database_url(service))
        try:
            async with connection.transaction():
                await connection.execute(lock)
                yield
        finally:
            await connection.close()

    async def execute(self, service: str, statement: str, *arguments: object) -> None:
        connection = await asyncpg.connect(self.stack.database_url(service))
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def count(self, service: str, query: str) -> int:
        connection = await asyncpg.connect(self.stack.database_url(service))
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    async def subscribed(self) -> Party:
        """A firm whose webhook leads to the receiver and whose profile fits the usual demand."""
        firm = self.people.enterprise()
        await firm.subscribe_webhook(self.receiver.url(f"/{firm.code}"))
        await firm.save_profile(texts.fitting_profile())
        return firm


Do = Callable[[Scene], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def killed(scene: Scene, process: str) -> AsyncIterator[None]:
    scene.stack.kill(process)
    try:
        yield
    finally:
        scene.stack.start(process)


@asynccontextmanager
async def work_is_killed(scene: Scene) -> AsyncIterator[None]:
    async with killed(scene, "catalog-work"):
        yield


@asynccontextmanager
async def requests_meet_no_database(scene: Scene) -> AsyncIterator[None]:
    """Which is killed."""
    reader = scene.people.agency()
    scene.stack.kill_database()

    async def goes_on() -> None:
        """A rate is seen between two scrapes: they are refused too fast for the first twenty to span any."""
        while True:
            await reader.send("GET", "catalog", "/v1/demands")
            await asyncio.sleep(0.1)

    asking = asyncio.create_task(goes_on())
    try:
        for _ in range(20):
            assert (await reader.send("GET", "catalog", "/v1/demands")).status_code == 503
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        scene.stack.start_database()


@asynccontextmanager
async def events_meet_no_broker(scene: Scene) -> AsyncIterator[None]:
    scene.stack.stop_broker()
    try:
        await scene.people.agency().publish(texts.demand())
        yield
    finally:
        scene.stack.start_broker()


@asynccontextmanager
async def the_broker_loses_its_store(scene: Scene) -> AsyncIterator[None]:
    await scene.people.agency().publish(texts.demand())
    await eventually(lambda: _all_announced(scene), within=WITHIN_S)
    scene.stack.wipe_broker()
    yield


async def _all_announced(scene: Scene) -> bool:
    return await scene.count("catalog", "SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


@asynccontextmanager
async def a_consumer_cannot_write(scene: Scene) -> AsyncIterator[None]:
    async with scene.locked("matcher", "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"):
        await scene.people.agency().publish(texts.demand())
        yield


@asynccontextmanager
async def an_event_cannot_be_read(scene: Scene) -> AsyncIterator[None]:
    """Of a kind that this release does not know, as a later one might send."""
    recorded = "INSERT INTO outbox (event_id, stream, subject, envelope, recorded_at) VALUES ($1, $2, $3, $4, now())"
    await scene.execute("catalog", recorded, new_id(), "CATALOG", "catalog.demand.published", '{"specversion": "9.9"}')
    yield


@asynccontextmanager
async def reads_wait_for_a_lock(scene: Scene) -> AsyncIterator[None]:
    reader = scene.people.agency()
    async with scene.locked("catalog", "LOCK TABLE demands IN ACCESS EXCLUSIVE MODE"):
        waiting = [asyncio.create_task(reader.send("GET", "catalog", "/v1/demands")) for _ in range(8)]
        await asyncio.wait(waiting)
    yield


@asynccontextmanager
async def the_queue_cannot_be_read(scene: Scene) -> AsyncIterator[None]:
    async with scene.locked("matcher", "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"):
        yield


@asynccontextmanager
async def a_due_demand_is_held(scene: Scene) -> AsyncIterator[None]:
    closes_at = (now() + timedelta(seconds=5)).isoformat()
    demand = await scene.people.agency().publish({**texts.demand(), "closes_at": closes_at})
    async with scene.locked("catalog", f"SELECT FROM demands WHERE id = '{demand['id']}' FOR UPDATE"):
        yield


@asynccontextmanager
async def vectors_cannot_be_written(scene: Scene) -> AsyncIterator[None]:
    async with scene.locked("matcher", "LOCK TABLE profile_embeddings IN EXCLUSIVE MODE"):
        await scene.people.enterprise().save_profile(texts.fitting_profile())
        yield


@asynccontextmanager
async def too_many_ask_at_once(scene: Scene) -> AsyncIterator[None]:
    firm, demand = scene.people.enterprise(), texts.demand()
    asked = [firm.send("POST", "matcher", "/v1/demands/review", demand) for _ in range(80)]
    replies = await asyncio.gather(*asked)
    assert 503 in {reply.status_code for reply in replies}
    yield


@asynccontextmanager
async def somebody_else_builds_indexes_and_never_ends(scene: Scene) -> AsyncIterator[None]:
    async with scene.locked("matcher", "SELECT pg_advisory_xact_lock(7215003)"):
        offers = [{"offer_kind": "solution", "headline": f"港口集装箱装卸系统第{n}号"} for n in range(25)]
        await scene.people.enterprise().ask("POST", "matcher", "/v1/profiles/batch", {"profiles": offers})
        yield


@asynccontextmanager
async def nobody_can_take_deliveries(scene: Scene) -> AsyncIterator[None]:
    scene.receiver.always(500)
    await scene.subscribed()
    await scene.people.agency().publish(texts.demand())

    async def refused() -> bool:
        # On record, too: what is still in hand when the table is locked is due only when its lease ends.
        failed = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND failures_count >= 1"
        return bool(scene.receiver.received()) and await scene.count("notify", failed) >= 1

    await eventually(refused, within=WITHIN_S)
    async with scene.locked("notify", "LOCK TABLE deliveries IN EXCLUSIVE MODE"):
        yield


@asynccontextmanager
async def a_receiver_refuses_again_and_again(scene: Scene) -> AsyncIterator[None]:
    scene.receiver.always(500)
    await scene.subscribed()
    await scene.people.agency().publish(texts.demand())

    async def refused_thrice() -> bool:
        # The second try would come after five minutes.
        await scene.execute("notify", "UPDATE deliveries SET due_at = now() WHERE state = 'pending'")
        return await scene.count("notify", "SELECT coalesce(max(failures_count), 0) FROM deliveries") >= 3

    await eventually(refused_thrice, within=WITHIN_S, every=0.5)
    yield


@asynccontextmanager
async def a_receiver_wants_no_more(scene: Scene) -> AsyncIterator[None]:
    scene.receiver.always(410)
    await scene.subscribed()
    await scene.people.agency().publish(texts.demand())
    yield


@dataclass(frozen=True)
class Fault:
    """
    do      does the fault, and ends it when the block ends
    alerts  which must all fire; of each, what to read in its rule in place of a time that no test can wait for
    """

    do: Do
    alerts: Mapping[str, tuple[str, str]]

    @property
    def expressions(self) -> list[str]:
        assert all(slow in RULES[name] for name, (slow, _) in self.alerts.items())
        return [RULES[name].replace(*sooner) if sooner[0] else RULES[name] for name, sooner in self.alerts.items()]


AT_ONCE = ("", "")
FAULTS = [
    Fault(work_is_killed, {"JingqiaoProcessDown": AT_ONCE, "JingqiaoNoRelay": AT_ONCE}),
    Fault(
        requests_meet_no_database,
        dict.fromkeys(("JingqiaoDatabaseUnreachable", "JingqiaoLoopFails", "JingqiaoRequestsFail"), AT_ONCE),
    ),
    Fault(
        events_meet_no_broker,
        {"JingqiaoBrokerDisconnected": AT_ONCE, "JingqiaoOutboxLate": ("> 60", "> 3")},
    ),
    Fault(the_broker_loses_its_store, {"JingqiaoEventsRefilled": AT_ONCE}),
    Fault(a_consumer_cannot_write, {"JingqiaoConsumerLate": ("> 120", "> 3")}),
    Fault(an_event_cannot_be_read, {"JingqiaoDeadLetters": AT_ONCE}),
    Fault(reads_wait_for_a_lock, {"JingqiaoRequestsSlow": AT_ONCE}),
    Fault(the_queue_cannot_be_read, {"JingqiaoFiguresFail": AT_ONCE}),
    Fault(a_due_demand_is_held, {"JingqiaoDemandsStayOpen": ("> 60", "> 3")}),
    Fault(vectors_cannot_be_written, {"JingqiaoMatchingLate": ("> 120", "> 3")}),
    Fault(too_many_ask_at_once, {"JingqiaoRequestsRefused": AT_ONCE}),
    Fault(somebody_else_builds_indexes_and_never_ends, {"JingqiaoIndexesLacking": AT_ONCE}),
    Fault(nobody_can_take_deliveries, {"JingqiaoDeliveriesLate": ("> 120", "> 3")}),
    Fault(a_receiver_refuses_again_and_again, {"JingqiaoWebhooksFail": AT_ONCE}),
    Fault(a_receiver_wants_no_more, {"JingqiaoWebhookDisabled": AT_ONCE}),
]
OVER_TIME = ("increase(", "delta(", "rate(")
"""What looks back for minutes may still see the fault of a test before; those show that they were quiet elsewhere."""


async def test_no_alert_fires_on_a_platform_at_work(stack: LiveStack, watching: Prometheus, receiver: Receiver) -> None:
    """Comes first: nothing was done to the stack yet. A demand goes all the way, and is scraped on its way."""
    async with town(stack) as people:
        scene = Scene(stack, people, receiver)
        await scene.subscribed()
        await people.agency().publish(texts.demand())
        await eventually(lambda: bool(receiver.received()), within=WITHIN_S)
    sent = 'sum(jingqiao_notify_deliveries_settled_total{channel="webhook", state="sent"}) > 0'
    await eventually(lambda: bool(watching.query(sent)), within=WITHIN_S)
    without_relay = RULES["JingqiaoNoRelay"]
    await eventually(lambda: not watching.query(without_relay), within=WITHIN_S, what="a relay of each service at work")
    assert {name: found for name, rule in RULES.items() if (found := watching.query(rule))} == {}


@pytest.mark.parametrize("fault", FAULTS, ids=[" ".join(fault.alerts) for fault in FAULTS])
async def test_its_fault_makes_an_alert_fire(
    fault: Fault, stack: LiveStack, watching: Prometheus, receiver: Receiver
) -> None:
    async def fires(expression: str) -> bool:
        return bool(await asyncio.to_thread(watching.query, expression))

    async def is_quiet() -> bool:
        return not any([await fires(each) for each in at_present])

    at_present = [each for each in fault.expressions if not any(function in each for function in OVER_TIME)]
    await eventually(is_quiet, within=WITHIN_S, what="quiet before the fault")
    async with town(stack) as people, fault.do(Scene(stack, people, receiver)):
        for each in fault.expressions:
            await eventually(partial(fires, each), within=WITHIN_S, what=f"{each} with a fault")
