"""Gives those a fingerprint that have none: saved by a release without, or all of them are to be made anew."""

from common.database import Database
from matcher.twins import lookup, repository
from matcher.twins.lookup import DEMANDS, PROFILES, Row, Source

BATCH = 100


async def fill(database: Database) -> None:
    """A look when there are none; else about a millisecond for each, batch by batch beside the traffic."""
    await _fill(database, DEMANDS)
    await _fill(database, PROFILES)


async def _fill(database: Database, source: Source[Row]) -> None:
    after = None
    while True:
        async with database.begin() as session:
            ids = await repository.without(session, source.kind, after=after, limit=BATCH)
            rows = await source.by_ids(session, ids)
            await lookup.keep(session, source, {one: source.words(rows[one]) for one in ids})
        if len(ids) < BATCH:
            return
        after = ids[-1]
