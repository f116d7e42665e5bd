"""Lets organisations take turns at what only a few can have at a time; refuses at once what would wait too long."""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager

from common import arrival, metrics
from common.errors import Unavailable

REASONS = ("full", "slow", "late")
"""Why a turn was refused: too many wait, the wait would be too long, the wait was too long."""
NEWEST_WEIGHS = 0.1
"""Share of the newest turn in the running mean of how long turns take."""
OUTLIER = 4.0
"""A turn counts as so many times the mean at most: one that hangs says little of the next, and several soon tell."""
HOPELESS = 2.0
"""Who was let in is put out only when the wait would be so many times the limit: means waver."""


class FairGate:
    """At most `at_once` pieces of work run together; those that wait are taken organisation by organisation.

    Use it on one event loop. How long a newcomer would wait is estimated from how long turns took lately, and who would
    wait longer than the limit is refused at once. When the queue is full, whoever waits with most requests gives up its
    newest: a flood refuses itself and nobody else.
    """

    def __init__(
        self,
        *,
        at_once: int,
        limit_s: float,
        most_waiting: int | None = None,
        name: str = "other",
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        limit_s       the longest that a request waits for its turn, from when it had come whole
        most_waiting  requests in the queue; beyond it one is refused at once
        name          a word for the metrics
        """
        self._name = name
        metrics.TURNS_WAITING.labels(name).set_function(lambda: self.waiting_count)
        for reason in REASONS:
            metrics.begin_at_zero(metrics.TURNS_REFUSED, name, reason)
        self._at_once = self._free = at_once
        self._most_waiting, self._limit_s, self._seconds = most_waiting, limit_s, seconds
        self._mean_s = 0.0
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting_count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def expected_s(self, organisation: Hashable) -> float:
        """How long a newcomer of this organisation would wait, 0 while nothing is known about turns."""
        if self._free > 0 and not self._waiting:
            return 0.0
        own = len(self._waiting.get(organisation, ()))
        # Taken in rounds, so of each other organisation no more come first than this one has itself.
        others = (min(len(queue), own + 1) for one, queue in self._waiting.items() if one != organisation)
        return (own + sum(others) + 1) * self._mean_s / self._at_once

    @asynccontextmanager
    async def turn(self, organisation: Hashable) -> AsyncIterator[None]:
        """Hold a place for as long as the block runs. Raises Unavailable when the queue is full or the wait long."""
        await self._enter(organisation)
        began = self._seconds()
        try:
            yield
        finally:
            self._note(self._seconds() - began)
            self._free += 1
            self._wake_next()

    def _note(self, took_s: float) -> None:
        believed_s = min(took_s, OUTLIER * self._mean_s) if self._mean_s else took_s
        self._mean_s += NEWEST_WEIGHS * (believed_s - self._mean_s)
        # Turns that take longer than those before them make a queue too long that was not when it was joined.
        while (self.waiting_count - 1) * self._mean_s > HOPELESS * self._limit_s * self._at_once:
            self._refuse_newest("slow")

    async def _enter(self, organisation: Hashable) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        waited_s = arrival.waited_s(self._seconds(), id(self))
        if (expected_s := self.expected_s(organisation)) + waited_s > self._limit_s:
            raise self._refusal("slow", expected_s)
        self._make_room(organisation)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(organisation, deque()).append(turn)
        try:
            async with asyncio.timeout(self._limit_s - waited_s):
                await turn
        except TimeoutError:
            self._give_up(organisation, turn)
            raise self._refusal("late") from None
        except asyncio.CancelledError:
            self._give_up(organisation, turn)
            raise

    def _make_room(self, organisation: Hashable) -> None:
        if self._most_waiting is None or self.waiting_count < self._most_waiting:
            return
        longest = max(self._waiting, key=lambda one: len(self._waiting[one]))
        if len(self._waiting[longest]) <= len(self._waiting.get(organisation, ())) + 1:
            raise self._refusal("full")
        self._refuse_newest("full")

    def _refuse_newest(self, reason: str) -> None:
        """Of whoever waits with most requests."""
        longest = max(self._waiting, key=lambda one: len(self._waiting[one]))
        turn = self._remove(longest, self._waiting[longest][-1])
        if not turn.done():
            turn.set_exception(self._refusal(reason))

    def _wake_next(self) -> None:
        while self._free > 0 and self._waiting:
            organisation = next(iter(self._waiting))
            turn = self._remove(organisation, self._waiting[organisation][0])
            if organisation in self._waiting:
                self._waiting.move_to_end(organisation)
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    def _give_up(self, organisation: Hashable, turn: asyncio.Future[None]) -> None:
        """Leave the queue, or hand on the place that was given at the very moment of leaving."""
        if turn in self._waiting.get(organisation, ()):
            self._remove(organisation, turn)
        elif turn.done() and not turn.cancelled() and turn.exception() is None:
            self._free += 1
            self._wake_next()

    def _remove(self, organisation: Hashable, turn: asyncio.Future[None]) -> asyncio.Future[None]:
        queue = self._waiting[organisation]
        queue.remove(turn)
        if not queue:
            del self._waiting[organisation]
        return turn

    def _refusal(self, reason: str, expected_s: float | None = None) -> Unavailable:
        metrics.TURNS_REFUSED.labels(self._name, reason).inc()
        return Unavailable(
            "The queue for this kind of request is full; try again shortly",
            "此类请求排队已满，请稍后再试",
            retry_after_s=math.ceil(expected_s or self._limit_s),
        )
