"""Processes that die at named boundaries, one after the other, and are started again."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

from deploy.embedded import forking
from tests.support.dying import arming, shifted_clock
from tests.support.dying.boundaries import Boundary
from tests.support.eventually import eventually

MOST_PASSED = 3
"""A process dies at one of the first passings, which one is left to the seed."""


class Processes(Protocol):
    def has_died(self, process: str) -> bool: ...

    def start_again(self, process: str) -> None: ...


@contextmanager
def dying_processes() -> Iterator[None]:
    """Processes that a fork server starts inside die where they are told, and have the time that they are told."""
    # The clock before all that reads it.
    modules = (shifted_clock.__name__, *forking.EVERY_SERVICE, arming.__name__)
    with patch.object(forking, "EVERY_SERVICE", modules):
        yield


class Executioner:
    """Has processes die. `folder` is where they look for what is written down for them."""

    def __init__(self, processes: Processes, folder: Path, chance: random.Random) -> None:
        self._processes, self._folder, self._chance = processes, folder, chance

    async def kill_at(self, boundaries: Iterable[Boundary], *, within_s: float) -> None:
        """One after the other; a boundary that nobody comes to in time is left out."""
        for boundary in boundaries:
            armed = self._folder / boundary.process
            armed.write_text(f"{boundary} {self._chance.randrange(MOST_PASSED)}")
            try:
                await eventually(self._is_dead(boundary.process), within=within_s, every=0.02)
            except AssertionError:
                armed.unlink(missing_ok=True)
            if self._processes.has_died(boundary.process):
                self._processes.start_again(boundary.process)

    def _is_dead(self, process: str) -> Callable[[], bool]:
        return lambda: self._processes.has_died(process)

    def shift_clocks(self, seconds: float) -> None:
        """Of all processes, from now on."""
        written = self._folder / "clock.new"
        written.write_text(f"{seconds}")
        written.rename(self._folder / shifted_clock.SHIFT)

    def died(self) -> Counter[str]:
        """How often at each boundary."""
        deaths = self._folder / arming.DEATHS
        return Counter(deaths.read_text().splitlines() if deaths.exists() else ())


def in_turns(boundaries: Iterable[Boundary], times: int, chance: random.Random) -> list[Boundary]:
    """Each so many times, in an order that the seed decides."""
    order = list(boundaries) * times
    chance.shuffle(order)
    return order
