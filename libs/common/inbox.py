"""Remembers which events a consumer has applied, so that each has its effect once."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import DateTime, Table, Text, Uuid, bindparam, column, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common.arrays import rows_of, values_of
from common.database import CommonBase


class InboxRow(CommonBase):
    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


_COME = rows_of("come", {"event_id": Uuid()})
_FIRST_TIMES = (
    insert(cast(Table, InboxRow.__table__))
    .from_select(["consumer", "event_id"], select(bindparam("by", type_=Text()), _COME.c.event_id))
    .on_conflict_do_nothing()
    .returning(column("event_id", Uuid()))
)


async def is_first_time(session: AsyncSession, consumer: str, event_id: UUID) -> bool:
    """Record the event in the caller's transaction; False when the consumer has applied it before.

    A second transaction with the same event waits here until the first one ends.
    """
    row = insert(InboxRow).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return (await session.execute(row.returning(InboxRow.event_id))).first() is not None


async def first_times(session: AsyncSession, consumer: str, event_ids: Iterable[UUID]) -> set[UUID]:
    """The same for many events, by one statement: those that the consumer has not applied before."""
    # In one order, so that of two transactions with the same events one waits for the other, and not in a circle.
    come = values_of("come", {"event_id": sorted(event_ids)})
    return set(await session.scalars(_FIRST_TIMES, {"by": consumer, **come}))


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop records older than the outbox keeps events; a refill can no longer bring them back."""
    await session.execute(delete(InboxRow).where(InboxRow.received_at < before))
