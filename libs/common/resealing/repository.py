"""SQL that finds what is not sealed with the newest key, and seals it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, and_, cast, func, or_, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from common.database import CommonBase
from common.imports.models import ImportBase
from common.sealed import Sealed, SealedBytes, vault_of
from common.vault import Vault

BATCH = 200
"""Rows of one transaction."""


def sealed_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, Sealed)]


def tables(own: MetaData) -> list[Table]:
    """Those with a sealed column, found by the types of their columns: what services share, and what is a service's
    own."""
    known = (CommonBase.metadata, ImportBase.metadata, own)
    return [table for metadata in known for table in metadata.sorted_tables if sealed_columns(table)]


async def stale(session: AsyncSession, table: Table, after: tuple[Any, ...] | None) -> Sequence[Any]:
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


async def sealed_anew(session: AsyncSession, table: Table, row: Any) -> bool:
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
