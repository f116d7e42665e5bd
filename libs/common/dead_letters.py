"""Events that a consumer could not apply, kept with the reason so that they stop nobody and can be applied later."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common.database import CommonBase

KEPT_BYTES = 1024 * 1024
"""Of a body, how much is kept at most: what NATS lets through unless it is told otherwise."""


class DeadLetterRow(CommonBase):
    """One event. `body` holds its first KEPT_BYTES as they came, `size_bytes` says how long it was."""

    __tablename__ = "dead_letters"
    __table_args__ = (UniqueConstraint("consumer", "message_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    consumer: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    stream: Mapped[str] = mapped_column(Text)
    stream_seq: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    tried_count: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    buried_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    replayed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def is_whole(self) -> bool:
        return len(self.body) == self.size_bytes


@dataclass(frozen=True)
class DeadLetter:
    """
    message_id   the broker's `Nats-Msg-Id`, or where the event stands when it has none
    stream_seq   its place in the stream
    reason       why it could not be applied: fields and kinds of faults, never what the event says
    tried_count  how often it was handed out
    """

    consumer: str
    message_id: str
    stream: str
    stream_seq: int
    subject: str
    reason: str
    tried_count: int
    body: bytes


Bury = Callable[[DeadLetter], Awaitable[None]]
"""Keeps a dead letter. When it returns, the letter is committed; it raises Unavailable when it could not be."""


async def keep(session: AsyncSession, letter: DeadLetter, at: datetime) -> None:
    """Store it; the same event of the same consumer, when it comes again, replaces what was stored of it before."""
    fresh = {
        "stream": letter.stream,
        "stream_seq": letter.stream_seq,
        "subject": letter.subject,
        "reason": letter.reason,
        "tried_count": letter.tried_count,
        "body": letter.body[:KEPT_BYTES],
        "size_bytes": len(letter.body),
        "buried_at": at,
        "replayed_at": None,
    }
    row = insert(DeadLetterRow).values(consumer=letter.consumer, message_id=letter.message_id, **fresh)
    await session.execute(row.on_conflict_do_update(index_elements=["consumer", "message_id"], set_=fresh))


async def waiting(session: AsyncSession, *, limit: int = 10_000) -> Sequence[DeadLetterRow]:
    """The oldest of those not replayed, in their order."""
    rows = select(DeadLetterRow).where(DeadLetterRow.replayed_at.is_(None))
    return (await session.scalars(rows.order_by(DeadLetterRow.id).limit(limit))).all()


async def find(session: AsyncSession, letter_id: int) -> DeadLetterRow | None:
    """Replayed or not."""
    return await session.get(DeadLetterRow, letter_id)


async def mark_replayed(session: AsyncSession, letter_id: int, at: datetime) -> None:
    await session.execute(update(DeadLetterRow).where(DeadLetterRow.id == letter_id).values(replayed_at=at))


async def count_waiting(session: AsyncSession) -> dict[str, int]:
    """How many were not replayed, by consumer; a consumer without any is left out."""
    rows = select(DeadLetterRow.consumer, func.count()).where(DeadLetterRow.replayed_at.is_(None))
    found = await session.execute(rows.group_by(DeadLetterRow.consumer))
    return {row[0]: row[1] for row in found}


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop those replayed before the retention period. The others stay: they may be the only copy left."""
    await session.execute(delete(DeadLetterRow).where(DeadLetterRow.replayed_at < before))
