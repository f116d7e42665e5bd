"""Dropping what is old in bounded statements: one for all of a year could not end in time, and would be rolled back."""

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def forget_some(
    session: AsyncSession, kind: type[DeclarativeBase], those: ColumnElement[bool], limit: int
) -> int:
    """Drop `limit` rows at most; how many there were."""
    key = inspect(kind).primary_key
    some = select(*key).where(those).limit(limit).with_for_update(skip_locked=True).cte("some")
    dropped = delete(kind).where(tuple_(*key).in_(select(*some.c))).returning(key[0])
    dropped = dropped.execution_options(synchronize_session=False)
    return len((await session.execute(dropped)).all())
