"""Hears what catalog announces and keeps the matcher's copy of demands up to date."""

from collections.abc import Awaitable, Callable

from common import inbox
from common.bus import Consumption
from common.clock import now
from common.contracts.catalog import DemandSnapshot
from common.contracts.envelope import Envelope
from common.database import Database
from matcher.demands import service

DEMANDS = Consumption(stream="CATALOG", durable="matcher", subject="catalog.demand.*")


def demand_handler(database: Database) -> Callable[[Envelope], Awaitable[None]]:
    async def handle(envelope: Envelope) -> None:
        snapshot = DemandSnapshot.read(envelope.data["demand"])
        async with database.begin() as session:
            if await inbox.is_first_time(session, DEMANDS.durable, envelope.id):
                await service.receive(session, snapshot, now())

    return handle
