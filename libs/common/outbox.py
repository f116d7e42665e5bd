"""Events waiting to be announced: written with the change they announce, kept as the truth behind the broker."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common import copying, correlation, tracing
from common.arrays import rows_of, values_of
from common.clock import new_id, now
from common.contracts.envelope import Event
from common.database import CommonBase
from common.errors import Unavailable
from common.waiting import first_of

CHANNEL = "outbox"
"""PostgreSQL notification sent by a trigger when events are recorded."""
LOCK_ID = 7_215_001
"""Advisory lock held by the one relay of a database."""


class OutboxRow(CommonBase):
    """One event. `stream_created_at` and `stream_seq` say where in which incarnation of the stream it was stored,
    `traceparent` in which span it was recorded."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unpublished", "seq", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_stream_seq", "stream", "stream_created_at", "stream_seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    stream: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    envelope: Mapped[str] = mapped_column(Text)
    traceparent: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stream_created_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stream_seq: Mapped[int | None] = mapped_column(BigInteger)


class Published(NamedTuple):
    """Where the broker stored one event."""

    seq: int
    stream_seq: int


@dataclass(frozen=True)
class Lag:
    """How far the relay is behind: events not yet announced, and the age of the oldest in seconds."""

    waiting_count: int
    oldest_s: float


def record(session: AsyncSession, event: Event, *, event_id: UUID | None = None) -> UUID:
    """Announce `event` if, and only if, the caller's transaction commits. Returns the event's id."""
    event_id = event_id or new_id()
    session.add(OutboxRow(**_columns(event, event_id, now())))
    return event_id


async def record_alike(session: AsyncSession, first: Event, each: Sequence[Mapping[str, Any]]) -> None:
    """The same for many events, in their order, in a transaction that has begun. Each says what the first says but for
    some members of its data, the `id` of what it is about among them.

    each  these members, for the first event as for the others
    """
    columns = _columns(first, new_id(), recorded_at := now())
    envelope = first.enveloped(columns["event_id"], recorded_at, correlation.current())
    whole = envelope.model_dump(mode="json", exclude_none=True)
    rows = list[tuple[Any, ...]]()
    for members in each:
        columns["event_id"] = whole["id"] = new_id()
        whole["subject"], data = members["id"], whole["data"] | members
        columns["envelope"] = to_json({**whole, "data": data}).decode()
        rows.append(tuple(columns.values()))
    await copying.copy(session, OutboxRow.__tablename__, list(columns), rows)


class Written(NamedTuple):
    """An event that is JSON already, the whole envelope; `event_id` is the one that it says."""

    event_id: UUID
    subject: str
    envelope: str
    traceparent: str | None


async def record_written(session: AsyncSession, stream: str, events: Sequence[Written], recorded_at: datetime) -> None:
    """The same for events that are JSON already."""
    columns = (*Written._fields, "stream", "recorded_at")
    rows = [(*each, stream, recorded_at) for each in events]
    if rows:
        await copying.copy(session, OutboxRow.__tablename__, columns, rows)


def _columns(event: Event, event_id: UUID, recorded_at: datetime) -> dict[str, Any]:
    envelope = event.enveloped(event_id, recorded_at, correlation.current())
    return {
        "event_id": event_id,
        "stream": event.stream,
        "subject": event.subject(),
        "envelope": envelope.model_dump_json(exclude_none=True),
        "traceparent": tracing.traceparent(),
        "recorded_at": recorded_at,
    }


class Unannounced(NamedTuple):
    """An event not yet announced."""

    seq: int
    event_id: UUID
    subject: str
    envelope: str
    traceparent: str | None


_WAITING = (
    select(OutboxRow.seq, OutboxRow.event_id, OutboxRow.subject, OutboxRow.envelope, OutboxRow.traceparent)
    .where(OutboxRow.published_at.is_(None))
    .order_by(OutboxRow.seq)
    .limit(bindparam("most", type_=Integer()))
)


async def waiting(session: AsyncSession, limit: int) -> list[Unannounced]:
    """Events not yet announced, oldest first."""
    return [Unannounced._make(row) for row in await session.execute(_WAITING, {"most": limit})]


async def is_waiting(session: AsyncSession, about: str) -> bool:
    """Whether an event that names this id waits to be announced. Reads all that wait: few, but in an outage."""
    names_it = OutboxRow.envelope.contains(about, autoescape=True)
    waits = exists().where(OutboxRow.published_at.is_(None), names_it)
    return bool(await session.scalar(select(waits)))


_STORED = rows_of("stored", {"seq": BigInteger(), "stream_seq": BigInteger()})
_TABLE = cast(Table, OutboxRow.__table__)
_MARK_PUBLISHED = (
    update(_TABLE)
    .where(_TABLE.c.seq == _STORED.c.seq)
    .values(
        published_at=bindparam("at", type_=DateTime(timezone=True)),
        stream_created_at=bindparam("incarnation", type_=DateTime(timezone=True)),
        stream_seq=_STORED.c.stream_seq,
    )
)


async def mark_published(session: AsyncSession, stored: Sequence[Published], created_at: datetime) -> None:
    """By one statement."""
    places = values_of("stored", {"seq": [row.seq for row in stored], "stream_seq": [row.stream_seq for row in stored]})
    await session.execute(_MARK_PUBLISHED, {"at": now(), "incarnation": created_at, **places})


async def newest_in(session: AsyncSession, stream: str) -> OutboxRow | None:
    """The event with the highest place in the stream, as far as the outbox knows."""
    rows = select(OutboxRow).where(OutboxRow.stream == stream, OutboxRow.stream_seq.is_not(None))
    newest = rows.order_by(OutboxRow.stream_created_at.desc(), OutboxRow.stream_seq.desc()).limit(1)
    return (await session.scalars(newest)).first()


async def announce_again(session: AsyncSession, stream: str, *, not_in: datetime) -> int:
    """Queue every event of `stream` that is not in the incarnation created at `not_in`; returns how many."""
    lost = and_(
        OutboxRow.stream == stream,
        OutboxRow.published_at.is_not(None),
        or_(OutboxRow.stream_created_at != not_in, OutboxRow.stream_created_at.is_(None)),
    )
    queued = update(OutboxRow).where(lost).values(published_at=None, stream_seq=None, stream_created_at=None)
    return len((await session.execute(queued.returning(OutboxRow.seq))).all())


async def lag(session: AsyncSession) -> Lag:
    count, oldest = (
        await session.execute(
            select(func.count(), func.min(OutboxRow.recorded_at)).where(OutboxRow.published_at.is_(None))
        )
    ).one()
    return Lag(waiting_count=count, oldest_s=(now() - oldest).total_seconds() if oldest else 0.0)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop events announced before the retention period."""
    await session.execute(delete(OutboxRow).where(OutboxRow.published_at < before))


@dataclass(frozen=True)
class Leadership:
    """Being the one relay of a database. `woken` is set whenever something is recorded."""

    woken: asyncio.Event
    connection: "asyncpg.Connection[asyncpg.Record]"

    def check(self) -> None:
        """Raises Unavailable once the connection that holds the lock is gone."""
        if self.connection.is_closed():
            raise Unavailable("The database closed the relay's connection")


@asynccontextmanager
async def leadership(dsn: str, stop: asyncio.Event) -> AsyncIterator[Leadership]:
    """Wait to be the only relay of this database (or for `stop`); the lock lives as long as one connection."""
    try:
        connection = await asyncpg.connect(dsn, timeout=3, command_timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable("The database does not answer") from error
    held = Leadership(asyncio.Event(), connection)
    connection.add_termination_listener(lambda _: held.woken.set())
    try:
        await connection.add_listener(CHANNEL, lambda *_: held.woken.set())
        while not stop.is_set() and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_ID):
            await first_of(stop, within_s=1.0)
        yield held
    finally:
        await connection.close(timeout=2)
