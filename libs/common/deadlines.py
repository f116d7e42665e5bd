"""A scheduler that survives restarts: what is due when, as rows that a service's worker claims."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Index,
    String,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common.database import WORD_LENGTH, CommonBase, Database
from common.runtime import Loop
from common.waiting import first_of

log = structlog.get_logger()
BATCH = 50
LEASE_S, LONGEST_LEASE_S = 30.0, 3600.0
"""How long a claimed deadline is left alone: doubled with each try, so that one that fails lets the others pass."""

LOCK_CLASS = 4217
"""Of advisory locks on deadlines, each by two numbers; those by one number are another space."""

Handler = Callable[[AsyncSession, UUID, datetime], Awaitable[None]]
"""Does what is due for a key, at a moment, in the session's transaction. It may be called late, or for what has changed
meanwhile, and so locks what it changes, and asks its state, first."""
Replan = Callable[[AsyncSession, datetime], Awaitable[None]]
"""Puts what is due by the state of things and lacks its deadline: the release before this one knew of none."""
REPLAN_EVERY_S = 30.0


class DeadlineRow(CommonBase):
    """One thing to be done for one key; `leased_until` while a worker has it in hand, or after a try that failed."""

    __tablename__ = "deadlines"
    __table_args__ = (Index(None, "due_at"),)

    what: Mapped[str] = mapped_column(String(WORD_LENGTH), primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tries_count: Mapped[int]


class Deadline(NamedTuple):
    what: str
    key: UUID
    due_at: datetime


async def put(session: AsyncSession, what: str, key: UUID, due_at: datetime | None) -> None:
    """Have `what` done for `key` at a time, and no more at the time said before; None: not at all."""
    if due_at is None:
        await session.execute(delete(DeadlineRow).where(DeadlineRow.what == what, DeadlineRow.key == key))
        return
    fresh = {"due_at": due_at, "leased_until": None, "tries_count": 0}
    row = insert(DeadlineRow).values(what=what, key=key, **fresh)
    await session.execute(row.on_conflict_do_update(index_elements=["what", "key"], set_=fresh))


async def put_first(session: AsyncSession, what: str, key: UUID, due_at: datetime) -> None:
    """Have `what` done for `key` at a time, or earlier where an earlier time was said before."""
    fresh = {"due_at": due_at, "leased_until": None, "tries_count": 0}
    row = insert(DeadlineRow).values(what=what, key=key, **fresh)
    earlier = row.excluded.due_at < DeadlineRow.due_at
    await session.execute(row.on_conflict_do_update(index_elements=["what", "key"], set_=fresh, where=earlier))


async def claim(session: AsyncSession, kinds: list[str], at: datetime) -> list[Deadline]:
    """Take up to BATCH that are due in hand, the longest due first; nobody else gets them before their lease ends."""
    free = or_(DeadlineRow.leased_until.is_(None), DeadlineRow.leased_until <= at)
    due = select(DeadlineRow.what, DeadlineRow.key).where(DeadlineRow.what.in_(kinds), DeadlineRow.due_at <= at, free)
    mine = due.order_by(DeadlineRow.due_at).limit(BATCH).with_for_update(skip_locked=True).cte("mine")
    wait_s = func.least(LONGEST_LEASE_S, LEASE_S * func.pow(2, func.least(DeadlineRow.tries_count, 10)))
    taken = (
        update(DeadlineRow)
        .where(tuple_(DeadlineRow.what, DeadlineRow.key).in_(select(mine.c.what, mine.c.key)))
        .values(
            leased_until=literal(at, DateTime(timezone=True)) + func.make_interval(0, 0, 0, 0, 0, 0, wait_s),
            tries_count=DeadlineRow.tries_count + 1,
        )
        .returning(DeadlineRow.what, DeadlineRow.key, DeadlineRow.due_at)
    )
    rows = await session.execute(taken, execution_options={"synchronize_session": False})
    return sorted((Deadline(*row) for row in rows), key=lambda each: (each.due_at, each.key))


async def still_due(session: AsyncSession, due: Deadline) -> bool:
    """Whether a deadline is there as it was claimed, and nobody else is doing it; nobody else will before the
    transaction ends.

    An advisory lock, not one on the row: whoever puts a deadline has locked what it is of before, so a row lock taken
    here first could end in a deadlock.
    """
    key = func.hashtext(f"{due.what} {due.key}")
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK_CLASS, key))):
        return False
    # A statement of its own: it sees what was committed before the lock was to be had.
    return bool(await session.scalar(select(exists().where(*_same(due)))))


def _same(due: Deadline) -> tuple[ColumnElement[bool], ...]:
    return DeadlineRow.what == due.what, DeadlineRow.key == due.key, DeadlineRow.due_at == due.due_at


async def drop(session: AsyncSession, done: Deadline) -> None:
    """Forget what is done, unless it was put for another time meanwhile."""
    await session.execute(delete(DeadlineRow).where(*_same(done)))


async def next_at(session: AsyncSession, kinds: list[str]) -> datetime | None:
    """When the next is due, or free again."""
    moment = func.greatest(DeadlineRow.due_at, DeadlineRow.leased_until)
    found: datetime | None = await session.scalar(select(func.min(moment)).where(DeadlineRow.what.in_(kinds)))
    return found


async def run_due(database: Database, handlers: Mapping[str, Handler], at: datetime) -> int:
    """Do what is due, each in a transaction of its own; returns how many were tried, done or failed."""
    async with database.begin() as session:
        taken = await claim(session, list(handlers), at)
    for due in taken:
        try:
            await do(database, handlers[due.what], due, at)
        # A deadline's edge: whatever broke, the others are done, and this one is tried again when its lease ends.
        except Exception as error:
            log.warning("deadline_failed", what=due.what, key=str(due.key), exc_info=error)
    return len(taken)


async def do(database: Database, handler: Handler, due: Deadline, at: datetime) -> None:
    """Do what was claimed, unless a worker that claimed it after this one's lease ended has done it, or is at it."""
    async with database.begin() as session:
        if await still_due(session, due):
            # The handler locks what it changes before the row here goes, as whoever puts a deadline does.
            await handler(session, due.key, at)
            await drop(session, due)


def keeping(
    database: Database, handlers: Mapping[str, Handler], *, replan: Replan, every_s: float, now: Callable[[], datetime]
) -> Loop:
    """The loop that does what is due; it looks at least every `every_s` seconds, as others may put something."""

    async def loop(stop: asyncio.Event) -> None:
        replanned_at: datetime | None = None
        while not stop.is_set():
            at = now()
            if replanned_at is None or (at - replanned_at).total_seconds() >= REPLAN_EVERY_S:
                async with database.begin() as session:
                    await replan(session, at)
                replanned_at = at
            if not await run_due(database, handlers, at):
                await first_of(stop, within_s=await _wait_s(database, list(handlers), now(), every_s))

    return loop


async def _wait_s(database: Database, kinds: list[str], at: datetime, every_s: float) -> float:
    async with database.reading() as session:
        due_at = await next_at(session, kinds)
    return every_s if due_at is None else min(every_s, max(0.01, (due_at - at).total_seconds()))
