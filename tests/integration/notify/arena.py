"""Notify's worker as a process that dies and is started again, while the other services tell it of numbered things."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import nats
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from common.contracts.dockings import DockingOpened
from common.contracts.envelope import Event
from common.errors import Unavailable
from deploy.embedded.children import MODULE, Child, Command
from deploy.embedded.forking import ForkServer
from deploy.embedded.ports import free_port
from notify.deliveries.news import CONFIRMATION
from tests.integration.notify import news
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.processes import environment
from tests.integration.notify.service_under_test import World
from tests.support.dying.arming import FOLDER
from tests.support.dying.deaths import dying_processes
from tests.support.eventually import eventually
from tests.support.receiver import Received, Receiver

WORK = "notify-work"
UNACKNOWLEDGED = ConsumerConfig(ack_policy=AckPolicy.NONE)
SHORT = {"NOTIFY_LEASE_S": "8", "NOTIFY_WEBHOOK_TIMEOUT_S": "3"}
"""What a dead sender had in hand is free again soon."""
Signature = Counter[tuple[str, str]]
"""What came of one numbered thing: how many deliveries of each subscription, by its name and their state."""


class Worker:
    """`notify work`, forked; `folder` is where it looks for the boundary to die at."""

    def __init__(self, forks: ForkServer, env: Mapping[str, str], folder: Path) -> None:
        self._forks, self._env, self._folder = forks, env, folder
        self._child = self._started()

    def _started(self) -> Child:
        command = Command(WORK, (*MODULE, "notify", "work"), env=self._env)
        return Child(command, self._folder / "work.log", self._forks.launch)

    def has_died(self, process: str) -> bool:
        return self._child.exit_code() is not None

    def start_again(self, process: str) -> None:
        self._child = self._started()

    def kill(self) -> None:
        self._child.kill()


@contextmanager
def working(world: World, folder: Path) -> Iterator[Worker]:
    env = {
        **environment(world.settings, NOTIFY_WORK_PORT=str(free_port()), JINGQIAO_LOG_LEVEL="INFO", **SHORT),
        FOLDER: str(folder),
    }
    root = Path(__file__).parents[3]
    with dying_processes():
        forks = ForkServer(("notify",), {**env, "PYTHONPATH": str(root)}, folder / "forks.log")
    try:
        worker = Worker(forks, env, folder)
        yield worker
        worker.kill()
    finally:
        forks.kill()


@dataclass
class Told:
    """
    by_number      the deliveries of each numbered thing, as notify has them on record
    stored_copies  how often each delivery stands in the stream
    called         deliveries that the receiver of webhooks got, as it knows them: by id
    """

    by_number: dict[int, Signature]
    stored_copies: Counter[str]
    called: set[str]
    missing: set[str]


class Arena:
    """`names` of subscriptions by their id; numbered things belong to a `round`, so that one round says nothing of
    another."""

    def __init__(self, world: World, receiver: Receiver) -> None:
        self.world, self._receiver = world, receiver
        self.names: dict[str, str] = {}
        self._about: dict[UUID, int] = {}

    async def subscribe(self) -> None:
        hook = self._receiver.url("/hook")
        made = {
            "at once": await self.world.subject(FIRM),
            "through the announcer": await self._capped(),
            "webhook": await self.world.webhook(hook, FIRM),
            "other side": await self.world.subject(PORT),
        }
        self.names = {each["id"]: name for name, each in made.items()}

    async def _capped(self) -> dict[str, str]:
        asked = {"channel": {"type": "nats"}, "filters": {"least_fit": 10}, "cadence": {"monthly_cap": 100_000}}
        reply = await self.world.post("/v1/subscriptions", asked, FIRM)
        assert reply.status_code == 201, reply.text
        made: dict[str, str] = reply.json()
        return made

    async def announce(self, number: int) -> None:
        """A match, an interest in it and a docking; each is numbered by the demand it is about."""
        demand_id = uuid5(UUID(int=0), f"{number}")
        self._about[demand_id] = number
        match_event, *events = (uuid5(demand_id, name) for name in ("match", "interest", "docking"))
        match = a_match(demand_id=demand_id)
        await _stubbornly(lambda: self.world.computed(match, event_id=match_event))
        owner, enterprise = news.by(PORT), news.by(FIRM)
        docking = news.opened(enterprise)
        about: list[Event] = [
            news.interested(owner, demand_id=demand_id),
            DockingOpened(
                docking=docking.docking.model_copy(update={"demand_id": demand_id}),
                act=enterprise,
            ),
        ]
        for event, event_id in zip(about, events, strict=True):
            await _stubbornly(partial(self.world.announced, event, event_id=event_id))

    async def told(self) -> Told:
        """As notify's own record, the stream and the receiver of webhooks have it."""
        by_number: dict[int, Signature] = defaultdict(Counter)
        recorded = set()
        for row in await self._rows():
            by_number[self._about[_demand(json.loads(row["said"]))]][
                self.names[str(row["subscription_id"])], row["state"]
            ] += 1
            recorded.add(str(row["id"]))
        stored = Counter(await self._stored())
        called = {json.loads(each.body)["id"] for each in self._receiver.received("/hook") if _is_whole(each)}
        return Told(by_number, stored, called, recorded - set(stored) - called)

    async def _stored(self) -> list[str]:
        """Ids of the events in the stream, all copies."""
        connection = await nats.connect(self.world.settings.platform.nats_url)
        try:
            stream = connection.jetstream()
            try:
                count = (await stream.stream_info("NOTIFY")).state.messages
            except NotFoundError:
                return []
            reading = await stream.pull_subscribe("notify.>", stream="NOTIFY", config=UNACKNOWLEDGED)
            found: list[str] = []
            while len(found) < count:
                found += [json.loads(each.data)["id"] for each in await reading.fetch(500, timeout=5)]
            return found
        finally:
            await connection.close()

    async def _rows(self) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.world.settings.database_url.replace("+asyncpg", ""))
        try:
            query = (
                "SELECT id, subscription_id, state, coalesce(match, news)::text AS said FROM deliveries"
                " WHERE news_type IS DISTINCT FROM $1"
            )
            rows: list[asyncpg.Record] = await connection.fetch(query, CONFIRMATION)
            return rows
        finally:
            await connection.close()

    async def settled(self, count: int, *, within_s: float) -> Told:
        """Once so many numbered things have been told of, and everything that is on record has come."""

        async def look() -> Told:
            told = await self.told()
            assert len(told.by_number) == count, f"{len(told.by_number)} of {count}"
            open_ones = Counter(state for each in told.by_number.values() for _, state in each)
            assert set(open_ones) == {"sent"}, open_ones
            assert not told.missing, f"{len(told.missing)} have not come"
            return told

        return await eventually(look, within=within_s, every=0.2)


async def _stubbornly(announce: Callable[[], Awaitable[None]]) -> None:
    """As an outbox does: again, the same, until the broker has acknowledged it."""

    async def is_announced() -> bool:
        try:
            await announce()
        except Unavailable:
            return False
        return True

    await eventually(is_announced, within=60, every=0.1)


def _is_whole(request: Received) -> bool:
    """Whoever dies while sending leaves half a request."""
    return len(request.body) == int(request.headers["content-length"])


def _demand(said: dict[str, object]) -> UUID:
    if "demand_id" in said:
        return UUID(str(said["demand_id"]))
    parts = [part for part in said.values() if isinstance(part, dict)]
    return next(UUID(str(part["demand_id"])) for part in parts if "demand_id" in part)


async def keep_telling(arena: Arena, first: int, until: asyncio.Event, *, every_s: float) -> int:
    """Numbered things, one after the other; how many there are then."""
    number = first
    while not until.is_set():
        await arena.announce(number)
        number += 1
        await asyncio.wait([asyncio.create_task(until.wait())], timeout=every_s)
    return number
