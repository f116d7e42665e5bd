"""The loop that abandons what a pause has held for too long, and forgets what was settled or tried long ago."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from common.database import Database
from common.runtime import Loop
from common.waiting import first_of
from notify.attempts import repository as attempts
from notify.concerns import repository as concerns
from notify.deliveries import repository as deliveries
from notify.deliveries.rules import HELD_TOO_LONG
from notify.reminders import repository as known_demands
from notify.settings import NotifySettings

TIDY_EVERY_S = 3600.0
MOST_AT_ONCE = 5_000
"""Rows that one transaction takes away: what has gathered over months does not hold anybody up, nor take longer than a
statement may."""


class _Step(Protocol):
    def __call__(self, session: AsyncSession, *, limit: int) -> Awaitable[int]:
        """Take away `limit` rows at most; how many there were."""


@dataclass(frozen=True)
class Retention:
    """How long settled deliveries and attempts are kept, and what a pause holds."""

    deliveries: timedelta
    attempts: timedelta
    held: timedelta

    @classmethod
    def of(cls, settings: NotifySettings) -> "Retention":
        days = (settings.deliveries_kept_days, settings.attempts_kept_days, settings.held_days)
        return cls(*(timedelta(days=each) for each in days))

    def steps(self, at: datetime) -> Sequence[_Step]:
        kept_from = at - self.deliveries
        return (
            partial(deliveries.abandon_held, reason=HELD_TOO_LONG, at=at, older_than=at - self.held),
            # Those of forgotten deliveries, too.
            partial(attempts.forget, before=at - min(self.attempts, self.deliveries)),
            *(
                partial(forget, before=kept_from)
                for forget in (
                    deliveries.forget,
                    deliveries.forget_matches,
                    deliveries.forget_paces,
                    concerns.forget,
                    known_demands.forget,
                )
            ),
        )


def tidying(database: Database, settings: NotifySettings, now: Callable[[], datetime]) -> Loop:
    retention = Retention.of(settings)

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            for step in retention.steps(now()):
                while not stop.is_set() and await _taken_away(database, step) == MOST_AT_ONCE:
                    pass
            await first_of(stop, within_s=TIDY_EVERY_S)

    return loop


async def _taken_away(database: Database, step: _Step) -> int:
    async with database.begin() as session:
        return await step(session, limit=MOST_AT_ONCE)
