"""Seals with the newest key what was stored without one or with an older one, batch by batch."""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, and_, cast, func, or_, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from common.database import CommonBase, Database
from common.imports.models import ImportBase
from common.sealed import Sealed, SealedBytes, vault_of
from common.settings import ServiceSettings
from common.vault import Vault

BATCH = 200
"""Rows of one transaction."""


@dataclass(frozen=True)
class Resealed:
    """What became of one table: rows sealed anew, and rows that no key opens, which stay as they are."""

    table: str
    done_count: int
    shut_count: int


def sealed_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, Sealed)]


def tables(own: MetaData) -> list[Table]:
    """Those with a sealed column, found by the types of their columns: what services share, and what is a service's
    own."""
    known = (CommonBase.metadata, ImportBase.metadata, own)
    return [table for metadata in known for table in metadata.sorted_tables if sealed_columns(table)]


async def reseal(database: Database, own: MetaData) -> list[Resealed]:
    """Everything, table by table; each batch is a transaction, so what is cut short goes on when it is called again.
    Rows that others hold are left for the next time. Without keys nothing is done."""
    return [await _reseal(database, table) for table in tables(own)]


async def _reseal(database: Database, table: Table) -> Resealed:
    after: tuple[Any, ...] | None = None
    done_count = shut_count = 0
    while True:
        async with database.begin() as session:
            rows = await _stale(session, table, after)
            for row in rows:
                if await _sealed_anew(session, table, row):
                    done_count += 1
                else:
                    shut_count += 1
        if not rows:
            return Resealed(table.name, done_count, shut_count)
        after = tuple(rows[-1][column.key] for column in table.primary_key)


async def _stale(session: AsyncSession, table: Table, after: tuple[Any, ...] | None) -> Sequence[Any]:
    """Up to a batch of rows behind a key of which something is not sealed with the newest key, as they are stored."""
    if (is_stale := _is_any_stale(session, table)) is None:
        return []
    sealed = sealed_columns(table)
    stored = [type_coerce(column, column.type.impl).label(column.key) for column in sealed]  # type: ignore[attr-defined]
    wanted = select(*table.primary_key, *stored).where(is_stale)
    if after is not None:
        wanted = wanted.where(tuple_(*table.primary_key) > after)
    wanted = wanted.order_by(*table.primary_key).limit(BATCH).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).mappings().all()


async def stale_counts(session: AsyncSession, own: MetaData) -> Mapping[str, int]:
    """By table, rows that are not sealed with the newest key. Reads the tables through."""
    conditions = {table: _is_any_stale(session, table) for table in tables(own)}
    counted = {
        table.name: await session.scalar(select(func.count()).select_from(table).where(is_stale))
        for table, is_stale in conditions.items()
        if is_stale is not None
    }
    return {name: count for name, count in counted.items() if count}


def _is_any_stale(session: AsyncSession, table: Table) -> ColumnElement[bool] | None:
    key_id = vault_of(session).key_id
    return None if key_id is None else or_(*(_is_stale(column, key_id) for column in sealed_columns(table)))


def _is_stale(column: Column[Any], key_id: str) -> ColumnElement[bool]:
    if isinstance(column.type, SealedBytes):
        prefix = f'{{"key":"{key_id}","sealed":'.encode()
        begins = func.substring(type_coerce(column, column.type.impl), 1, len(prefix))
        return and_(column.is_not(None), begins != type_coerce(prefix, column.type.impl))
    sealed = cast(column, Text).regexp_match(f'^\\{{"key": ?"{key_id}", ?"sealed":')
    return and_(column.is_not(None), ~sealed)


async def _sealed_anew(session: AsyncSession, table: Table, row: Any) -> bool:
    """Whether it could be opened."""
    vault = vault_of(session)
    try:
        plain = {column.key: _opened(vault, column, row[column.key]) for column in sealed_columns(table)}
    except LookupError:
        return False
    is_it = [column == row[column.key] for column in table.primary_key]
    await session.execute(table.update().where(*is_it).values(plain))
    return True


def _opened(vault: Vault, column: Column[Any], stored: Any) -> Any:
    assert isinstance(column.type, Sealed), column
    return None if stored is None else column.type.open(vault, stored)


def run(_: argparse.Namespace, settings: ServiceSettings, own: MetaData) -> int:
    """The verb `seal`. Returns 1 when something could not be opened, 2 without keys."""
    if not settings.secret_keys:
        sys.stderr.write("SECRET_KEYS is empty: nothing can be sealed\n")
        return 2
    return asyncio.run(_run(settings, own))


async def _run(settings: ServiceSettings, own: MetaData) -> int:
    database = Database(settings)
    try:
        results = await reseal(database, own)
    finally:
        await database.close()
    for one in results:
        shut = f", {one.shut_count} that no key opens" if one.shut_count else ""
        sys.stdout.write(f"{one.table}: {one.done_count} sealed with the newest key{shut}\n")
    return int(any(one.shut_count for one in results))
