"""What the processes of the platform, the machine and the database's connections were doing during a step."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import psutil

from tests.bench.capacity_steps import GENERATOR
from tests.bench.reads import listening_on, port_of
from tests.support.stack import LiveStack

EVERY_S = 0.5
_WAITS = (
    "SELECT wait_event_type || ' ' || wait_event FROM pg_stat_activity"
    " WHERE state = 'active' AND wait_event_type NOT IN ('Client', 'Activity', 'Timeout') AND pid <> pg_backend_pid()"
)


class Meters:
    """Used once, around a step."""

    def __init__(self, stack: LiveStack) -> None:
        self._stack = stack
        self.waits: Counter[str] = Counter()
        self._began: tuple[float, dict[str, float], tuple[float, float]]
        self._ended = self._began = self._look()

    def _roots(self) -> dict[str, psutil.Process]:
        """A process of each name, whose children count with it."""
        servers = {"postgres": port_of(self._stack.database_url("catalog")), "nats": port_of(self._stack.nats_url)}
        return {
            **{name: psutil.Process(self._stack.pid(name)) for name in self._stack.processes},
            **{name: listening_on(port) for name, port in servers.items()},
            GENERATOR: psutil.Process(os.getpid()),
        }

    def _look(self) -> tuple[float, dict[str, float], tuple[float, float]]:
        """The moment, seconds of processor time by name, and busy and idle seconds of all cores."""
        used = {name: _cpu_s(root, alone=name == GENERATOR) for name, root in self._roots().items()}
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return time.monotonic(), used, (sum(times[:8]) - idle, idle)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Meters"]:
        self._began = self._look()
        sampling = asyncio.create_task(self._sample())
        try:
            yield self
        finally:
            self._ended = self._look()
            sampling.cancel()
            with suppress(asyncio.CancelledError):
                await sampling

    async def _sample(self) -> None:
        connection = await asyncpg.connect(self._stack.database_url("matcher"))
        try:
            while True:
                self.waits.update(row[0] for row in await connection.fetch(_WAITS))
                await asyncio.sleep(EVERY_S)
        finally:
            connection.terminate()

    def cores(self) -> dict[str, float]:
        """Processor time by process, in cores."""
        (began, before, _), (ended, after, _) = self._began, self._ended
        return {name: max(after[name] - before[name], 0.0) / (ended - began) for name in before}

    def machine(self) -> float:
        """Share of all cores that was busy."""
        (_, _, (busy, idle)), (_, _, (busy_after, idle_after)) = self._began, self._ended
        both = busy_after - busy + idle_after - idle
        return (busy_after - busy) / both if both else 0.0


def _cpu_s(root: psutil.Process, *, alone: bool) -> float:
    """Of a process and, unless it is meant alone, all below it; of those that ended meanwhile what their parent took
    over."""
    total = 0.0
    for process in [root] if alone else [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total
