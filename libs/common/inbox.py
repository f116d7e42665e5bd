"""Remembers which events a consumer has applied, so that each has its effect once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common.database import CommonBase


class InboxRow(CommonBase):
    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


async def is_first_time(session: AsyncSession, consumer: str, event_id: UUID) -> bool:
    """Record the event in the caller's transaction; False when the consumer has applied it before.

    A second transaction with the same event waits here until the first one ends.
    """
    row = insert(InboxRow).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return (await session.execute(row.returning(InboxRow.event_id))).first() is not None


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop records older than the outbox keeps events; a refill can no longer bring them back."""
    await session.execute(delete(InboxRow).where(InboxRow.received_at < before))
