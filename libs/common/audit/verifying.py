"""Walks the chain of audit entries from its beginning and names what does not agree with it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit.chain import START, Head, linked
from common.audit.models import AuditHead, AuditLink, UnsealedEntry

READ_AT_ONCE = 5000
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the place in the chain if it has one, and the entry."""

    what: str
    position: int | None
    entry_id: UUID | None

    def __str__(self) -> str:
        place = "not in the chain" if self.position is None else f"position {self.position}"
        return f"{place}: {self.what}" + (f" (entry {self.entry_id})" if self.entry_id else "")


@dataclass(frozen=True)
class Verdict:
    """How far the chain goes, how many entries wait for their place, and every fault in the order of the chain."""

    head: Head
    waiting_count: int
    faults: Sequence[Fault]


async def verify(session: AsyncSession, entries: Table, anchors: Sequence[Head], advance: Advance) -> Verdict:
    """Read every link and entry once, in the order of the chain.

    anchors  heads that were kept elsewhere
    advance  told how many links are done

    Each entry is judged by the digest that is stored before it, so that one fault is one fault and all are found. Time
    grows with the number of entries, memory with READ_AT_ONCE of them.
    """
    faults: list[Fault] = []
    expected = [*anchors, *await _stored_head(session)]
    before = START
    async for link, entry in _links(session, entries):
        faults += _judged(before, link, entry)
        faults += [
            _moved(link.position)
            for kept in expected
            if kept.position == link.position != 0 and kept.digest != link.digest
        ]
        before = Head(link.position, link.digest)
        advance(link.position)
    faults += [_cut(kept) for kept in expected if kept.position > before.position]
    faults += [Fault("inserted past the chain", None, one) for one in await _unlinked(session, entries)]
    faults += [Fault("removed before it was sealed", None, one) for one in await _lost(session, entries)]
    return Verdict(before, await _waiting(session, entries), faults)


def _judged(before: Head, link: AuditLink, entry: Mapping[str, Any] | None) -> list[Fault]:
    if link.position != before.position + 1:
        missing = f"links {before.position + 1} to {link.position - 1} were removed"
        return [Fault(missing, before.position + 1, None)]
    if entry is None:
        return [Fault("its entry was removed", link.position, link.entry_id)]
    if linked(before, entry).digest != link.digest:
        return [Fault("the entry, or its place, was changed", link.position, link.entry_id)]
    return []


def _moved(position: int) -> Fault:
    return Fault("the chain says otherwise than the anchor", position, None)


def _cut(kept: Head) -> Fault:
    return Fault("the chain ends before the anchor: the newest links were removed", kept.position, None)


async def _links(session: AsyncSession, entries: Table) -> AsyncIterator[tuple[AuditLink, Mapping[str, Any] | None]]:
    """Every link in order, each with its entry, if there is one."""
    joined = select(AuditLink, *entries.c).join(entries, entries.c.id == AuditLink.entry_id, isouter=True)
    done = 0
    while True:
        some = joined.where(AuditLink.position > done).order_by(AuditLink.position).limit(READ_AT_ONCE)
        rows = (await session.execute(some)).all()
        for link, *values in rows:
            entry = dict(zip(entries.c.keys(), values, strict=True))
            yield link, entry if entry["id"] is not None else None
        if len(rows) < READ_AT_ONCE:
            return
        done = rows[-1][0].position
        session.expunge_all()


async def _stored_head(session: AsyncSession) -> list[Head]:
    return [Head(one.position, one.digest) for one in (await session.scalars(select(AuditHead))).all()]


async def _unlinked(session: AsyncSession, entries: Table) -> Sequence[UUID]:
    """Entries that neither have a place nor wait for one."""
    is_linked = exists().where(AuditLink.entry_id == entries.c.id)
    waits = exists().where(UnsealedEntry.entry_id == entries.c.id)
    return (await session.scalars(select(entries.c.id).where(~is_linked, ~waits).order_by(entries.c.id))).all()


async def _lost(session: AsyncSession, entries: Table) -> Sequence[UUID]:
    """Those that wait for a place and are not there."""
    is_there = exists().where(entries.c.id == UnsealedEntry.entry_id)
    return (await session.scalars(select(UnsealedEntry.entry_id).where(~is_there))).all()


async def _waiting(session: AsyncSession, entries: Table) -> int:
    waiting = select(func.count()).select_from(UnsealedEntry).join(entries, entries.c.id == UnsealedEntry.entry_id)
    return (await session.execute(waiting)).scalar_one()


async def count(session: AsyncSession) -> int:
    """The last position, about as many links as there are."""
    return (await session.execute(select(func.coalesce(func.max(AuditLink.position), 0)))).scalar_one()
