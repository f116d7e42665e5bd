"""Reads and writes the chain, and the entries that it is of."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import copying
from common.audit.chain import ChainHead
from common.audit.models import AuditHead, AuditLink, UnsealedEntry

LOCK_ID = 7_215_014
"""Advisory lock of who seals: one at a time, each behind all before."""
READ_AT_ONCE = 5000
_HEAD_ROW = 1
Entry = Mapping[str, Any]
"""The columns of an audit entry by name."""


async def lock(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_ID)))


async def unsealed(session: AsyncSession, entries: Table, limit: int) -> Sequence[Entry]:
    """Entries that wait for a place, oldest ids first."""
    waiting = select(entries).join(UnsealedEntry, UnsealedEntry.entry_id == entries.c.id)
    rows = (await session.execute(waiting.order_by(entries.c.id).limit(limit))).mappings()
    return [dict(row) for row in rows]


async def link(session: AsyncSession, links: Sequence[tuple[int, UUID, str]], head: ChainHead) -> None:
    """Put links (position, entry, digest) behind what there is."""
    await copying.copy(session, AuditLink.__tablename__, ("position", "entry_id", "digest"), links)
    await session.execute(delete(UnsealedEntry).where(UnsealedEntry.entry_id.in_([each[1] for each in links])))
    fields = {"position": head.position, "digest": head.digest}
    put = insert(AuditHead).values(id=_HEAD_ROW, **fields)
    await session.execute(put.on_conflict_do_update(index_elements=[AuditHead.id], set_=fields))


async def last(session: AsyncSession) -> ChainHead | None:
    """The last link."""
    newest = select(AuditLink.position, AuditLink.digest).order_by(AuditLink.position.desc()).limit(1)
    found = (await session.execute(newest)).one_or_none()
    return ChainHead(found.position, found.digest) if found else None


async def stored_head(session: AsyncSession) -> ChainHead | None:
    """How far the chain went when it was last added to."""
    found = (await session.execute(select(AuditHead.position, AuditHead.digest))).one_or_none()
    return ChainHead(found.position, found.digest) if found else None


async def links(session: AsyncSession, entries: Table) -> AsyncIterator[tuple[AuditLink, Entry | None]]:
    """Every link in the order of the chain, each with its entry, if there is one."""
    joined = select(AuditLink, *entries.c).join(entries, entries.c.id == AuditLink.entry_id, isouter=True)
    done, count = 0, READ_AT_ONCE
    while count == READ_AT_ONCE:
        some = joined.where(AuditLink.position > done).order_by(AuditLink.position).limit(READ_AT_ONCE)
        rows = (await session.execute(some)).all()
        for one, *values in rows:
            entry = dict(zip(entries.c.keys(), values, strict=True))
            yield one, entry if entry["id"] is not None else None
        count, done = len(rows), rows[-1][0].position if rows else done
        session.expunge_all()


async def unlinked(session: AsyncSession, entries: Table) -> Sequence[UUID]:
    """Entries that neither have a place nor wait for one."""
    is_linked = exists().where(AuditLink.entry_id == entries.c.id)
    waits = exists().where(UnsealedEntry.entry_id == entries.c.id)
    return (await session.scalars(select(entries.c.id).where(~is_linked, ~waits).order_by(entries.c.id))).all()


async def lost(session: AsyncSession, entries: Table) -> Sequence[UUID]:
    """Those that wait for a place and are not there."""
    is_there = exists().where(entries.c.id == UnsealedEntry.entry_id)
    return (await session.scalars(select(UnsealedEntry.entry_id).where(~is_there))).all()


async def waiting_count(session: AsyncSession, entries: Table) -> int:
    waiting = select(func.count()).select_from(UnsealedEntry).join(entries, entries.c.id == UnsealedEntry.entry_id)
    return (await session.execute(waiting)).scalar_one()
