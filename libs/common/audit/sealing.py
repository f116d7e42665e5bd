"""Gives audit entries their places in the chain, after they were committed: no writer waits for another's link."""

import asyncio

import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import repository
from common.audit.chain import START, ChainHead, linked
from common.database import Database
from common.runtime import Loop
from common.waiting import first_of

SEALED_AT_ONCE = 2000
EVERY_S = 1.0

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


async def seal(session: AsyncSession, entries: Table) -> ChainHead | None:
    """Seal up to SEALED_AT_ONCE entries, oldest ids first; the new head, None when there was nothing to seal. An entry
    that was removed before stays among the unsealed, where `verify` finds it.

    The chain goes on from the stored head, so that newest links that were removed leave a gap. While that head is
    missing or behind the links, nothing is sealed and the log says so: a new one would hide that it was touched.
    """
    await repository.lock(session)
    rows = await repository.unsealed(session, entries, SEALED_AT_ONCE)
    if not rows:
        return None
    head, newest = await repository.stored_head(session) or START, await repository.last(session) or START
    if newest != head:
        log.error("audit_chain_differs", head=str(head), newest_link=str(newest))
    if newest.position > head.position:
        return None
    links = []
    for row in rows:
        head = linked(head, row)
        links.append((head.position, row["id"], head.digest))
    await repository.link(session, links, head)
    return head
