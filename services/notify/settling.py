"""Puts attempts on record: those that end at about the same time in one transaction."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from common.database import Database
from common.errors import Unavailable
from notify.deliveries import endpoints, service
from notify.deliveries.models import Delivery
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, Endurance, Rejected, Sent
from notify.deliveries.service import Settling

log = structlog.get_logger()
MOST_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class _Attempt:
    due: Due
    outcome: AttemptResult
    done: "asyncio.Future[Delivery | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Settler:
    """While one transaction is under way, what ends meanwhile gathers for the next; nothing waits on purpose."""

    def __init__(self, database: Database, endurance: Endurance, clock: Callable[[], datetime]) -> None:
        self._database, self._endurance, self._clock = database, endurance, clock
        self._waiting: list[_Attempt] = []
        self._settling: asyncio.Task[None] | None = None

    async def settled(self, due: Due, outcome: AttemptResult) -> Delivery | None:
        """The delivery as it stands after an attempt, None when it is gone. Raises what kept it from being recorded."""
        # What is tried again is spread in time, each by a chance of its own.
        if endpoints.touches(due, outcome) or not isinstance(outcome, Sent | Rejected):
            return await self._settled_alone(due, outcome)
        attempt = _Attempt(due, outcome)
        self._waiting.append(attempt)
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle(), name="settling")
        return await attempt.done

    async def _settle(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            await self._settle_together(taken)

    async def _settle_together(self, attempts: Sequence[_Attempt]) -> None:
        try:
            async with self._database.begin() as session:
                outcomes = [(each.due, each.outcome) for each in attempts]
                settled = await service.settle_many(session, outcomes, self._clock())
        except Unavailable as error:
            for each in attempts:
                each.done.set_exception(error)
        # Whichever of them it was, it is found when each is settled alone.
        except Exception as error:
            log.warning("deliveries_settled_singly", delivery_count=len(attempts), exc_info=error)
            for each in attempts:
                await self._settle_alone(each)
        else:
            for each in attempts:
                each.done.set_result(settled.get(each.due.delivery.id))

    async def _settle_alone(self, attempt: _Attempt) -> None:
        """Whoever waits for it gets what came of it, or what broke."""
        [settled] = await asyncio.gather(self._settled_alone(attempt.due, attempt.outcome), return_exceptions=True)
        if isinstance(settled, BaseException):
            attempt.done.set_exception(settled)
        else:
            attempt.done.set_result(settled)

    async def _settled_alone(self, due: Due, outcome: AttemptResult) -> Delivery | None:
        async with self._database.begin() as session:
            how = Settling(random.random(), self._endurance)  # nosec B311  # spreads retries
            return await service.settle(session, due, outcome, self._clock(), how)
