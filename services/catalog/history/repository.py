"""Reads and writes public versions and audit entries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history.models import AuditEntry, PublicVersion
from common import copying
from common.lines import Line, Statement
from common.pagination import PageRequest
from common.rawjson import Stored, plain, stored

_VERSIONS = select(*(plain(column) for column in PublicVersion.__table__.columns))
_STEPS = select(*(plain(column) for column in AuditEntry.__table__.columns))

LOCK_ID = 7_215_004
"""Advisory lock of who gives places in the feed."""
PLACED_AT_ONCE = 1000
# Of a name of its own: within a statement on the same table it would mean the row at hand.
_OTHER = PublicVersion.__table__.alias("other")
_UNPLACED = exists().where(_OTHER.c.position.is_(None))
_HEAD = Statement(select(func.max(PublicVersion.position).label("position"), _UNPLACED.label("is_unplaced")))
_UNSYNCHRONIZED: dict[str, Any] = {"execution_options": {"synchronize_session": False}}


class Head(NamedTuple):
    """The last place given, and whether there are changes without one."""

    position: int
    is_unplaced: bool


def add(session: AsyncSession, row: PublicVersion) -> None:
    session.add(row)


def add_entry(session: AsyncSession, entry: AuditEntry) -> None:
    """Add an audit entry; the database has it wait for its place in the chain."""
    session.add(entry)


async def copy(session: AsyncSession, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add audit entries of equal columns, without details."""
    await copying.copy(session, AuditEntry.__tablename__, list(entries[0]), [tuple(each.values()) for each in entries])


async def versions(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Up to `limit + 1` public versions of something, newest first; `snapshot` is JSON text."""
    rows = _VERSIONS.where(PublicVersion.subject_id == subject_id)
    if wanted.after:
        rows = rows.where(tuple_(PublicVersion.changed_at, PublicVersion.id) < wanted.after)
    newest = rows.order_by(PublicVersion.changed_at.desc(), PublicVersion.id.desc())
    return [stored(row) for row in (await session.execute(newest.limit(wanted.limit + 1))).mappings()]


async def steps(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Up to `limit + 1` audit entries of something, newest first; `details` is JSON text."""
    rows = _STEPS.where(AuditEntry.subject_id == subject_id)
    if wanted.after:
        rows = rows.where(tuple_(AuditEntry.at, AuditEntry.id) < wanted.after)
    newest = rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return [stored(row) for row in (await session.execute(newest.limit(wanted.limit + 1))).mappings()]


async def head(line: Line, keys: Sequence[None]) -> dict[None, Head]:
    """What the feed ends with."""
    (row,) = await _HEAD.rows(line)
    return dict.fromkeys(keys, Head(row["position"] or 0, row["is_unplaced"]))


async def place(session: AsyncSession) -> None:
    """Give places in the feed to the oldest PLACED_AT_ONCE changes that have none.

    A change gets its place after it was committed, and one transaction at a time gives places, each after all before:
    so whoever has read up to a place will find nothing new before it, whatever was committed in which order.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_ID)))
    # A statement of its own: it sees what was committed while it waited for the lock.
    unplaced = select(PublicVersion.subject_id, PublicVersion.version).where(PublicVersion.position.is_(None))
    oldest = (PublicVersion.changed_at, PublicVersion.version, PublicVersion.subject_id)
    order = func.row_number().over(order_by=oldest).label("number")
    some = unplaced.add_columns(order).order_by(*oldest).limit(PLACED_AT_ONCE).subquery()
    last = select(func.coalesce(func.max(_OTHER.c.position), 0)).scalar_subquery()
    same = (PublicVersion.subject_id == some.c.subject_id, PublicVersion.version == some.c.version)
    await session.execute(update(PublicVersion).where(*same).values(position=last + some.c.number), **_UNSYNCHRONIZED)


async def at(session: AsyncSession, position: int) -> UUID | None:
    """The id of the change at a place."""
    return await session.scalar(select(PublicVersion.id).where(PublicVersion.position == position))


async def after(session: AsyncSession, position: int, limit: int) -> list[Stored]:
    """Up to `limit + 1` changes after a place, in their order; `snapshot` and `changes` are JSON text."""
    rows = _VERSIONS.where(PublicVersion.position > position).order_by(PublicVersion.position)
    return [stored(row) for row in (await session.execute(rows.limit(limit + 1))).mappings()]
