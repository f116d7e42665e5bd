"""SQL of jobs: queued with the change they follow from, claimed under a lease, finished with their result."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, case, delete, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from common import correlation, tracing
from common.contracts.words import DemandState
from common.errors import Unavailable
from matcher.jobs.models import Job
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.vectors.models import EmbeddingModel

CHANNEL = "jobs"
"""PostgreSQL notification sent by a trigger when jobs are queued."""
FRESH, PATIENT = 0, 1
"""Urgency of what somebody has just published or saved, and of what nobody waits for."""
RETRY_DELAYS_S = (1, 5, 30, 120, 600)


@dataclass(frozen=True)
class Claimed:
    """A job as it was when its lease began."""

    kind: SubjectKind
    subject_id: UUID
    revision: int
    attempt_count: int
    correlation_id: str | None
    traceparent: str | None


_CLAIMED = (Job.subject_id, Job.revision, Job.attempt_count, Job.correlation_id, Job.traceparent)


async def enqueue(
    session: AsyncSession, kind: SubjectKind, subject_ids: Sequence[UUID], at: datetime, *, urgency: int = FRESH
) -> None:
    """Have the subjects ranked after the caller's transaction; one that is queued already is queued anew, and keeps
    the higher urgency."""
    if not subject_ids:
        return
    new = {
        "ready_at": at,
        "attempt_count": 0,
        "correlation_id": correlation.current(),
        "traceparent": tracing.traceparent(),
    }
    first = {"kind": kind, "revision": 1, "urgency": urgency, "enqueued_at": at, **new}
    fresh = insert(Job).values([{"subject_id": one, **first} for one in sorted(subject_ids)])
    again = {"revision": Job.revision + 1, "urgency": func.least(Job.urgency, urgency), "error": None, **new}
    await session.execute(fresh.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=again))


async def wait_for_rankings(session: AsyncSession) -> None:
    """Wait for those being committed; later ones wait for the caller's transaction and find what it changed."""
    await session.execute(select(EmbeddingModel.id).order_by(EmbeddingModel.id).with_for_update(key_share=True))


async def queue_open_demands(session: AsyncSession, at: datetime) -> None:
    still_open = DemandCopy.state == DemandState.PUBLISHED
    rows = select(
        literal(SubjectKind.DEMAND.value),
        DemandCopy.id,
        literal(1),
        literal(PATIENT),
        *2 * [literal(at)],
        literal(0),
    )
    columns = ["kind", "subject_id", "revision", "urgency", "enqueued_at", "ready_at", "attempt_count"]
    queued = insert(Job).from_select(columns, rows.where(still_open).order_by(DemandCopy.id))
    again = {"revision": Job.revision + 1, "ready_at": at, "attempt_count": 0, "error": None}
    await session.execute(queued.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=again))


async def cancel(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> None:
    """Drop a subject's job; a worker that has it in hand will find that it is gone."""
    await session.execute(delete(Job).where(Job.kind == kind, Job.subject_id == subject_id))


async def claim(session: AsyncSession, kind: SubjectKind, at: datetime, *, limit: int, lease_s: float) -> list[Claimed]:
    """Up to `limit` jobs nobody holds, leased to the caller, the most urgent and newest first.

    The last quarter, one at least when there is room for two, goes to those that have been ready longest, whatever
    their urgency: a fresh publication waits for one batch only, and an old job advances with every batch.
    """
    oldest = limit // 4 or min(limit - 1, 1)
    newest_first = (Job.urgency, Job.ready_at.desc())
    chosen = await _ready(session, kind, at, newest_first, limit=limit - oldest)
    if not chosen:
        return []
    chosen += await _ready(session, kind, at, (Job.ready_at,), limit=limit - len(chosen), but=chosen)
    leased = (
        update(Job)
        .where(Job.kind == kind, Job.subject_id.in_(chosen))
        .values(leased_until=at + timedelta(seconds=lease_s), attempt_count=Job.attempt_count + 1)
    )
    rows = await session.execute(leased.returning(*_CLAIMED))
    return sorted((Claimed(kind, *row) for row in rows), key=lambda job: chosen.index(job.subject_id))


async def _ready(
    session: AsyncSession,
    kind: SubjectKind,
    at: datetime,
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    *,
    limit: int,
    but: Sequence[UUID] = (),
) -> list[UUID]:
    """Subjects of jobs that can be claimed, locked until the transaction ends."""
    free = or_(Job.leased_until.is_(None), Job.leased_until < at)
    ready = select(Job.subject_id).where(Job.kind == kind, Job.ready_at <= at, free, Job.subject_id.not_in(but))
    rows = await session.scalars(ready.order_by(*order).limit(limit).with_for_update(skip_locked=True))
    return list(rows)


async def renew(session: AsyncSession, jobs: Sequence[Claimed], at: datetime, *, lease_s: float) -> None:
    until = at + timedelta(seconds=lease_s)
    await session.execute(update(Job).where(_held(jobs)).values(leased_until=until))


async def hold(session: AsyncSession, jobs: Sequence[Claimed]) -> list[Claimed]:
    """Those of the jobs that are still as they were claimed; no change can slip in before the caller's commit."""
    rows = select(Job.subject_id).where(_held(jobs)).order_by(Job.kind, Job.subject_id).with_for_update()
    there = set((await session.scalars(rows)).all())
    return [job for job in jobs if job.subject_id in there]


async def finish(session: AsyncSession, jobs: Sequence[Claimed]) -> None:
    await session.execute(delete(Job).where(_held(jobs)))


async def release(session: AsyncSession, jobs: Sequence[Claimed]) -> None:
    """Give the jobs back at once, without a mark against them."""
    subjects = tuple_(Job.kind, Job.subject_id).in_([(job.kind, job.subject_id) for job in jobs])
    await session.execute(update(Job).where(subjects).values(leased_until=None))


async def put_back(session: AsyncSession, job: Claimed, reason: str, at: datetime) -> None:
    """Keep a job that failed, for another try later; each failure makes it wait longer."""
    delay = RETRY_DELAYS_S[min(job.attempt_count, len(RETRY_DELAYS_S)) - 1]
    values = {"leased_until": None, "error": reason, "ready_at": at + timedelta(seconds=delay)}
    await session.execute(update(Job).where(_held([job])).values(**values))


def _held(jobs: Sequence[Claimed]) -> ColumnElement[bool]:
    return tuple_(Job.kind, Job.subject_id, Job.revision).in_(
        [(job.kind, job.subject_id, job.revision) for job in jobs]
    )


async def next_ready_at(session: AsyncSession, kind: SubjectKind) -> datetime | None:
    """When the next job of a kind can be claimed; None when there is none."""
    moment = func.greatest(Job.ready_at, Job.leased_until)
    ready_at: datetime | None = await session.scalar(select(func.min(moment)).where(Job.kind == kind))
    return ready_at


class JobState(StrEnum):
    """Ready to be claimed, held by a worker, or waiting for another try."""

    READY = "ready"
    LEASED = "leased"
    DELAYED = "delayed"


async def counts(session: AsyncSession, at: datetime) -> dict[tuple[SubjectKind, JobState], int]:
    """How many jobs of each kind are in each state; nothing where there are none. Reads the whole queue."""
    state = case((Job.leased_until >= at, JobState.LEASED), (Job.ready_at > at, JobState.DELAYED), else_=JobState.READY)
    grouped = select(Job.kind, state.label("state"), func.count()).group_by(Job.kind, text("state"))
    return {(kind, JobState(name)): count for kind, name, count in await session.execute(grouped)}


async def queued_since(session: AsyncSession) -> dict[tuple[SubjectKind, int], datetime]:
    """Since when the oldest job of each kind and urgency is there, failed tries included; those there are alone."""
    oldest = select(Job.kind, Job.urgency, func.min(Job.enqueued_at)).group_by(Job.kind, Job.urgency)
    return {(kind, urgency): since for kind, urgency, since in await session.execute(oldest)}


async def failing(session: AsyncSession, *, limit: int = 5) -> list[tuple[str, int]]:
    """The reasons why jobs that wait were tried in vain, the most frequent first, with how many each."""
    rows = select(Job.error, func.count()).where(Job.error.is_not(None)).group_by(Job.error)
    return [
        (reason or "", count)
        for reason, count in await session.execute(rows.order_by(func.count().desc()).limit(limit))
    ]


@asynccontextmanager
async def wake_ups(dsn: str, woken: asyncio.Event) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Set `woken` whenever jobs are queued, as long as the block runs and its connection lives."""
    try:
        connection = await asyncpg.connect(dsn, timeout=3, command_timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable("The database does not answer") from error
    try:
        connection.add_termination_listener(lambda _: woken.set())
        await connection.add_listener(CHANNEL, lambda *_: woken.set())
        yield connection
    finally:
        await connection.close(timeout=2)
