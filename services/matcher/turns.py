"""Lets organisations take turns at heavy work, refuses at once what cannot be served in time."""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from common.errors import Unavailable


class FairGate:
    """At most `at_once` pieces of work run together; those that wait are taken organisation by organisation.

    Use it on one event loop. When the queue is full, whoever waits with most requests gives up its newest: a flood
    refuses itself and nobody else.
    """

    def __init__(self, *, at_once: int, most_waiting: int, limit_s: float) -> None:
        """
        most_waiting  requests in the queue; beyond it one is refused at once
        limit_s       the longest that a request waits for its turn
        """
        self._free, self._most_waiting, self._limit_s = at_once, most_waiting, limit_s
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting_count(self) -> int:
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, organisation: Hashable) -> AsyncIterator[None]:
        """Hold a place for as long as the block runs. Raises Unavailable when the queue is full or the limit over."""
        await self._enter(organisation)
        try:
            yield
        finally:
            self._free += 1
            self._wake_next()

    async def _enter(self, organisation: Hashable) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        self._make_room(organisation)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(organisation, deque()).append(turn)
        try:
            async with asyncio.timeout(self._limit_s):
                await turn
        except TimeoutError:
            self._give_up(organisation, turn)
            raise self._refusal() from None
        except asyncio.CancelledError:
            self._give_up(organisation, turn)
            raise

    def _make_room(self, organisation: Hashable) -> None:
        if self.waiting_count < self._most_waiting:
            return
        longest = max(self._waiting, key=lambda one: len(self._waiting[one]))
        if len(self._waiting[longest]) <= len(self._waiting.get(organisation, ())) + 1:
            raise self._refusal()
        self._remove(longest, self._waiting[longest][-1]).set_exception(self._refusal())

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

    def _refusal(self) -> Unavailable:
        return Unavailable(
            "The queue for this kind of request is full; try again shortly",
            "此类请求排队已满，请稍后再试",
            retry_after_s=math.ceil(self._limit_s),
        )
