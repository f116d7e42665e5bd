"""The loop of the channels that record a delivery instead of sending it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from common.database import Database
from common.waiting import first_of
from notify import reporting
from notify.deliveries import repository, service
from notify.deliveries.service import Recorders

POLL_S = 1.0
BATCH = 200


class Announcer:
    """Each batch is one transaction: the events are recorded and the deliveries settled, or neither."""

    def __init__(self, database: Database, recorders: Recorders, clock: Callable[[], datetime]) -> None:
        self._database, self._recorders, self._clock = database, recorders, clock

    async def run(self, stop: asyncio.Event) -> None:
        """Announce until `stop` is set. Raises when the database goes away: run it again."""
        async with repository.arrivals(self._database.dsn) as arrivals:
            while not stop.is_set():
                arrivals.check()
                arrivals.woken.clear()
                async with self._database.begin() as session:
                    announced = await service.announce_due(session, self._recorders, self._clock(), limit=BATCH)
                for delivery in announced.deliveries:
                    reporting.announced(delivery, self._clock())
                if not announced.is_full:
                    await first_of(arrivals.woken, stop, within_s=POLL_S)
