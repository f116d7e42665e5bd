"""Gives audit entries their places in the chain, after they were committed: no writer waits for another's link."""

import asyncio
from typing import Any

import structlog
from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import copying
from common.audit.chain import START, Head, linked
from common.audit.models import AuditHead, AuditLink, UnsealedEntry
from common.database import Database
from common.runtime import Loop
from common.waiting import first_of

LOCK_ID = 7_215_014
"""Advisory lock of who seals: one at a time, each behind all before."""
SEALED_AT_ONCE = 2000
EVERY_S = 1.0
_HEAD_ROW = 1

log = structlog.get_logger()


def sealing(database: Database, entries: Table) -> Loop:
    """The loop that seals what has come, and logs each new head, so that logs kept elsewhere are anchors.

    entries  the table of audit entries; its primary key is `id`
    """

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with database.begin() as session:
                head = await seal(session, entries)
            if head is None:
                await first_of(stop, within_s=EVERY_S)
            else:
                log.info("audit_sealed", position=head.position, digest=head.digest)

    return loop


async def seal(session: AsyncSession, entries: Table) -> Head | None:
    """Seal up to SEALED_AT_ONCE entries, oldest ids first; the new head, None when there was nothing to seal. An entry
    that was removed before stays among the unsealed, where `verify` finds it."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_ID)))
    waiting = select(entries).join(UnsealedEntry, UnsealedEntry.entry_id == entries.c.id)
    rows = (await session.execute(waiting.order_by(entries.c.id).limit(SEALED_AT_ONCE))).mappings().all()
    if not rows:
        return None
    head, links = await head_of_chain(session) or START, []
    for row in rows:
        head = linked(head, dict(row))
        links.append((head.position, row["id"], head.digest))
    await copying.copy(session, AuditLink.__tablename__, ("position", "entry_id", "digest"), links)
    await session.execute(delete(UnsealedEntry).where(UnsealedEntry.entry_id.in_([row["id"] for row in rows])))
    await session.execute(_moved(head))
    return head


def _moved(head: Head) -> Any:
    fields = {"position": head.position, "digest": head.digest}
    return (
        insert(AuditHead)
        .values(id=_HEAD_ROW, **fields)
        .on_conflict_do_update(index_elements=[AuditHead.id], set_=fields)
    )


async def head_of_chain(session: AsyncSession) -> Head | None:
    """The last link."""
    last = select(AuditLink.position, AuditLink.digest).order_by(AuditLink.position.desc()).limit(1)
    found = (await session.execute(last)).one_or_none()
    return Head(found.position, found.digest) if found else None
