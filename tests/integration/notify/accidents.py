"""What else goes wrong while notify dies: its servers, its clock, the broker's disk, and the receivers of webhooks."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import nats
from nats.js.api import DiscardPolicy

from deploy.embedded.nats import NatsServer
from deploy.embedded.postgres import PostgresServer
from tests.integration.notify.service_under_test import World
from tests.support.dying.deaths import Executioner
from tests.support.eventually import eventually
from tests.support.receiver import Answer, Receiver

HOUR_S = 3600.0
REFUSED_AFTER_S = 1.0
_OLDEST = "SELECT min(seq) FROM outbox WHERE published_at IS NULL"
FAULTS = (
    Answer(status=500),
    Answer(hangs=True),
    Answer(closes=True),
    Answer(trickles=True),
    Answer(floods=True),
)


@dataclass(frozen=True)
class Servers:
    broker: NatsServer
    database: PostgresServer
    receiver: Receiver


class Accidents:
    """One after the other in an order of the seed, each as often as the others; `counts` says how often by name."""

    def __init__(self, world: World, servers: Servers, executioner: Executioner) -> None:
        self.counts: Counter[str] = Counter()
        self._world, self._servers, self._executioner, self._hours = world, servers, executioner, 0
        self._left: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._waits: int | None = None

    async def next(self, chance: random.Random) -> None:
        if not self._left:
            self._left = [
                ("broker killed", self._broker_dies),
                ("database killed", self._database_dies),
                ("clock an hour on", partial(self._clock_jumps, 1)),
                ("clock an hour back", partial(self._clock_jumps, -1)),
                ("broker's disk full", self._disk_is_full),
                ("receivers at fault", self._receivers_fail),
            ]
            chance.shuffle(self._left)
        name, happens = self._left.pop()
        await happens()
        self.counts[name] += 1

    def all_is_well(self) -> None:
        """What was put off by a clock that went on and back is due."""
        self._executioner.shift_clocks(HOUR_S * (abs(self._hours) + 3))

    async def _broker_dies(self) -> None:
        self._servers.broker.kill()
        self._servers.broker.start()

    async def _database_dies(self) -> None:
        self._servers.database.kill()
        self._servers.database.start()

    async def _clock_jumps(self, hours: int) -> None:
        self._hours += hours
        self._executioner.shift_clocks(HOUR_S * self._hours)

    async def _disk_is_full(self) -> None:
        """The stream takes no more, as with a full disk, until there is room again."""
        connection = await nats.connect(self._servers.broker.url)
        try:
            stream = connection.jetstream()
            info = await stream.stream_info("NOTIFY")
            full = info.config.evolve(max_msgs=max(1, info.state.messages), discard=DiscardPolicy.NEW)
            await stream.update_stream(full)
            await eventually(self._are_refused, within=30, every=REFUSED_AFTER_S)
            await stream.update_stream(info.config)
        finally:
            await connection.close()

    async def _are_refused(self) -> bool:
        """Whether the event that waits longest has waited since the last look, which is longer than the relay takes.
        When it was recorded says nothing: the clock may have jumped."""
        waited, self._waits = self._waits, await self._world.one(_OLDEST)
        return self._waits is not None and self._waits == waited

    async def _receivers_fail(self) -> None:
        self._servers.receiver.next(*FAULTS)
