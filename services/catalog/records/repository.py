"""Finds and lists records of any noun."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.nouns import NounRow
from common.pagination import PageRequest

Row = TypeVar("Row", bound=NounRow)


def add(session: AsyncSession, row: NounRow) -> None:
    session.add(row)


async def find(session: AsyncSession, model: type[Row], record_id: UUID, *, lock: bool = False) -> Row | None:
    """lock  nobody else changes it before this transaction ends; read anew, as it is once the lock is had"""
    wanted = select(model).where(model.id == record_id)
    if lock:
        wanted = wanted.with_for_update(of=model).execution_options(populate_existing=True)
    return (await session.scalars(wanted)).one_or_none()


async def page(
    session: AsyncSession, model: type[Row], wanted: PageRequest, where: Sequence[ColumnElement[bool]]
) -> Sequence[Row]:
    """Up to `limit + 1`, newest first; its table has an index on (created_at, id)."""
    rows = select(model).where(*where)
    if wanted.after:
        rows = rows.where(tuple_(model.created_at, model.id) < wanted.after)
    newest = rows.order_by(model.created_at.desc(), model.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()
