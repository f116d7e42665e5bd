"""Seals everything anew, table by table."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table

from common.database import Database
from common.resealing import repository


@dataclass(frozen=True)
class Resealed:
    """What became of one table: rows sealed anew, and rows that no key opens, which stay as they are."""

    table: str
    done_count: int
    shut_count: int


async def reseal(database: Database, own: MetaData) -> list[Resealed]:
    """Everything, table by table; each batch is a transaction, so what is cut short goes on when it is called again.
    Rows that others hold are left for the next time. Without keys nothing is done."""
    return [await _reseal(database, table) for table in repository.tables(own)]


async def _reseal(database: Database, table: Table) -> Resealed:
    after: tuple[Any, ...] | None = None
    done_count = shut_count = 0
    while True:
        async with database.begin() as session:
            rows = await repository.stale(session, table, after)
            for row in rows:
                if await repository.sealed_anew(session, table, row):
                    done_count += 1
                else:
                    shut_count += 1
        if not rows:
            return Resealed(table.name, done_count, shut_count)
        after = tuple(rows[-1][column.key] for column in table.primary_key)
