"""Forgets whom to call about demands that ended long ago."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from catalog.demands import repository, rules, steps
from common.database import Database
from common.runtime import Loop
from common.waiting import first_of

BATCH = 200
EVERY_S = 3600.0


async def forget_contacts(database: Database, before: datetime) -> int:
    """Of demands that are over and that nothing has happened to since; returns how many. A batch is a transaction."""
    count = 0
    while True:
        async with database.begin() as session:
            found = await repository.with_old_contact(session, rules.OVER, before, BATCH)
            for demand in found:
                demand.contact = None
                steps.tell_contact(session, demand)
        count += len(found)
        if not found:
            return count


def forgetting(database: Database, days: int, now: Callable[[], datetime]) -> Loop:
    """The loop that looks every hour."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await forget_contacts(database, now() - timedelta(days=days))
            await first_of(stop, within_s=EVERY_S)

    return loop
