"""The loop that tells new subscriptions of the matches that stood before them, where they asked for these."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from common.database import Database
from common.runtime import Loop
from common.waiting import first_of
from notify.deliveries import service

POLL_S = 1.0
BATCH = 200


def backfilling(database: Database, now: Callable[[], datetime]) -> Loop:
    """Each batch is one transaction: its deliveries are made and the subscription's place moves on, or neither."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with database.begin() as session:
                is_more = await service.backfill(session, now(), limit=BATCH)
            if not is_more:
                await first_of(stop, within_s=POLL_S)

    return loop
