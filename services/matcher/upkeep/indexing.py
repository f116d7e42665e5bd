"""Builds an approximate index once there are so many vectors that searching all of them is slower."""

import asyncio
from datetime import timedelta

import structlog

from common.clock import now
from common.database import Database
from common.waiting import first_of
from matcher.settings import MatcherSettings
from matcher.twins.backfill import fill
from matcher.upkeep import repository

log = structlog.get_logger()
LOOK_EVERY_S = 300.0


async def build_indexes(database: Database, settings: MatcherSettings) -> None:
    """Build those that are worthwhile and missing, drop those of models that are gone; leave it to whoever is at it."""
    async with database.begin() as session:
        wanted = await repository.worthwhile_indexes(session, above=settings.exact_below)
    async with repository.builder(database.dsn) as builder:
        if builder is None:
            return
        for index in wanted:
            if await builder.lacks(index):
                log.info("index_begun", index=index.name, pool=dict(index.pool), row_count=index.row_count)
                await builder.build(index, memory_mb=settings.index_memory_mb)
                log.info("index_built", index=index.name)
        # Last: while new ones are built, searches still have the old.
        await builder.drop_others(wanted)


class Upkeep:
    """The loop that looks now and then for missing fingerprints, worthwhile indexes and receipts that are too old."""

    def __init__(self, database: Database, settings: MatcherSettings) -> None:
        self._database, self._settings = database, settings

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await fill(self._database)
            await build_indexes(self._database, self._settings)
            await self._forget_receipts(stop)
            async with self._database.begin() as session:
                await repository.forget_shared(session, now() - timedelta(days=self._settings.contact_days))
            await first_of(stop, within_s=LOOK_EVERY_S)

    async def _forget_receipts(self, stop: asyncio.Event) -> None:
        before = now() - timedelta(days=self._settings.receipt_days)
        dropped = -1
        while dropped != 0 and not stop.is_set():
            async with self._database.begin() as session:
                dropped = await repository.forget_receipts(session, before)
