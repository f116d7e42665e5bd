"""SQL of the second reader: its jobs, its readings, and the account of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation
from matcher.reader.models import KeptReading, ReaderDay, ReadingJob

RETRY_DELAYS_S = (5, 30, 120, 600, 1800)


@dataclass(frozen=True)
class ClaimedReading:
    """A job as it was when its lease began."""

    match_id: UUID
    revision: int
    attempt_count: int
    correlation_id: str | None


@dataclass(frozen=True)
class Limits:
    """What one day may cost."""

    requests: int
    tokens: int


async def enqueue(session: AsyncSession, match_ids: Sequence[UUID], at: datetime) -> None:
    """Have the matches read after the caller's transaction; one that is queued already is queued anew."""
    if not match_ids:
        return
    new = {"ready_at": at, "attempt_count": 0, "correlation_id": correlation.current()}
    rows = insert(ReadingJob).values([{"match_id": one, "revision": 1, **new} for one in sorted(match_ids)])
    again = {"revision": ReadingJob.revision + 1, "error": None, **new}
    await session.execute(rows.on_conflict_do_update(index_elements=["match_id"], set_=again))


async def claim(session: AsyncSession, at: datetime, *, lease_s: float) -> ClaimedReading | None:
    """The job that has been ready longest and that nobody holds, leased to the caller."""
    free = or_(ReadingJob.leased_until.is_(None), ReadingJob.leased_until < at)
    ready = select(ReadingJob.match_id).where(ReadingJob.ready_at <= at, free).order_by(ReadingJob.ready_at)
    match_id = await session.scalar(ready.limit(1).with_for_update(skip_locked=True))
    if match_id is None:
        return None
    until = at + timedelta(seconds=lease_s)
    leased = update(ReadingJob).where(ReadingJob.match_id == match_id)
    rows = await session.execute(
        leased.values(leased_until=until, attempt_count=ReadingJob.attempt_count + 1).returning(
            ReadingJob.match_id, ReadingJob.revision, ReadingJob.attempt_count, ReadingJob.correlation_id
        )
    )
    return ClaimedReading(*rows.one())


async def hold(session: AsyncSession, job: ClaimedReading) -> bool:
    """Whether the job is still as it was claimed; if so it stays it until the transaction ends."""
    rows = select(ReadingJob.match_id).where(_held(job)).with_for_update()
    return await session.scalar(rows) is not None


async def finish(session: AsyncSession, job: ClaimedReading) -> None:
    await session.execute(delete(ReadingJob).where(_held(job)))


async def put_back(
    session: AsyncSession, job: ClaimedReading, reason: str, ready_at: datetime, *, counts: bool
) -> None:
    """Keep a job for another try.

    counts  whether this try was one; one for which there was no money was none
    """
    values: dict[str, Any] = {"leased_until": None, "error": reason, "ready_at": ready_at}
    if not counts:
        values["attempt_count"] = ReadingJob.attempt_count - 1
    await session.execute(update(ReadingJob).where(_held(job)).values(**values))


async def next_ready_at(session: AsyncSession) -> datetime | None:
    """When the next job can be claimed; None when there is none."""
    moment = func.greatest(ReadingJob.ready_at, ReadingJob.leased_until)
    ready_at: datetime | None = await session.scalar(select(func.min(moment)))
    return ready_at


async def reserve(session: AsyncSession, day: date, tokens: int, limits: Limits) -> bool:
    """Count one request and its tokens against the day before it is sent; False when the day has no room for it.

    A worker that is killed leaves the reservation: the day may be counted too dear, never too cheap.
    """
    if tokens > limits.tokens or limits.requests < 1:
        return False
    first = insert(ReaderDay).values(day=day, request_count=1, token_count=tokens)
    has_room = (ReaderDay.request_count < limits.requests) & (ReaderDay.token_count + tokens <= limits.tokens)
    spent = {"request_count": ReaderDay.request_count + 1, "token_count": ReaderDay.token_count + tokens}
    counted = first.on_conflict_do_update(index_elements=["day"], set_=spent, where=has_room)
    return await session.scalar(counted.returning(ReaderDay.day)) is not None


async def settle(session: AsyncSession, day: date, *, reserved: int, used: int) -> None:
    """Put what was used in the place of what was reserved."""
    spent = ReaderDay.token_count + (used - reserved)
    await session.execute(update(ReaderDay).where(ReaderDay.day == day).values(token_count=spent))


def add_reading(session: AsyncSession, reading: KeptReading) -> None:
    session.add(reading)


async def readings_of(session: AsyncSession, ranking_id: UUID) -> Sequence[KeptReading]:
    """What was read of the matches of one ranking, oldest first."""
    rows = (
        select(KeptReading).where(KeptReading.ranking_id == ranking_id).order_by(KeptReading.created_at, KeptReading.id)
    )
    return (await session.scalars(rows)).all()


def _held(job: ClaimedReading) -> ColumnElement[bool]:
    return (ReadingJob.match_id == job.match_id) & (ReadingJob.revision == job.revision)
