"""Hears what catalog announces and keeps the matcher's copy of demands up to date."""

from collections.abc import Mapping

from common import inbox
from common.bus import Consumption, Handler
from common.clock import now
from common.contracts.catalog import DemandSnapshot
from common.contracts.envelope import Envelope, being_read
from common.database import Database
from matcher.demands import service

DEMANDS = Consumption(stream="CATALOG", durable="matcher", subject="catalog.demand.*")


def demand_handler(database: Database) -> Handler:
    async def handle(envelope: Envelope) -> None:
        with being_read():
            snapshot = DemandSnapshot.read(envelope.data.get("demand"))
        async with database.begin() as session:
            if await inbox.is_first_time(session, DEMANDS.durable, envelope.id):
                await service.receive(session, snapshot, now())

    return handle


def handlers(database: Database) -> Mapping[str, Handler]:
    return {DEMANDS.durable: demand_handler(database)}
