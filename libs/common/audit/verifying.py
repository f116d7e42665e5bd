"""Walks the chain of audit entries from its beginning and names what does not agree with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import repository
from common.audit.chain import START, ChainHead, linked
from common.audit.models import AuditLink
from common.audit.repository import Entry

Advance = Callable[[int], None]


@dataclass(frozen=True)
class AuditFault:
    """What is wrong, and where: the place in the chain if it has one, and the entry."""

    what: str
    position: int | None
    entry_id: UUID | None

    def __str__(self) -> str:
        place = "not in the chain" if self.position is None else f"position {self.position}"
        return f"{place}: {self.what}" + (f" (entry {self.entry_id})" if self.entry_id else "")


@dataclass(frozen=True)
class AuditVerdict:
    """How far the chain goes, how many entries wait for their place, and every fault in the order of the chain."""

    head: ChainHead
    waiting_count: int
    faults: Sequence[AuditFault]


async def verify(session: AsyncSession, entries: Table, anchors: Sequence[ChainHead], advance: Advance) -> AuditVerdict:
    """Read every link and entry once, in the order of the chain.

    anchors  heads that were kept elsewhere
    advance  told how many links are done

    Each entry is judged by the digest that is stored before it, so that one fault is one fault and all are found. Time
    grows with the number of entries, memory with a batch of them.
    """
    faults: list[AuditFault] = []
    stored = await repository.stored_head(session)
    expected = [*anchors, *([stored] if stored else [])]
    before = START
    async for link, entry in repository.links(session, entries):
        faults += [*_judged(before, link, entry), *_against(expected, link)]
        before = ChainHead(link.position, link.digest)
        advance(link.position)
    faults += [_cut(kept) for kept in expected if kept.position > before.position]
    faults += _behind(await repository.stored_head(session), before)
    faults += [AuditFault("inserted past the chain", None, one) for one in await repository.unlinked(session, entries)]
    faults += [AuditFault("removed before it was sealed", None, one) for one in await repository.lost(session, entries)]
    return AuditVerdict(before, await repository.waiting_count(session, entries), faults)


def _judged(before: ChainHead, link: AuditLink, entry: Entry | None) -> Iterator[AuditFault]:
    if link.position != before.position + 1:
        yield AuditFault(f"links {before.position + 1} to {link.position - 1} were removed", before.position + 1, None)
    elif entry is None:
        yield AuditFault("its entry was removed", link.position, link.entry_id)
    elif linked(before, entry).digest != link.digest:
        yield AuditFault("the entry, or its place, was changed", link.position, link.entry_id)


def _against(expected: Sequence[ChainHead], link: AuditLink) -> Iterator[AuditFault]:
    for kept in expected:
        if kept.position == link.position and kept.digest != link.digest:
            yield AuditFault("the chain says otherwise than the anchor", link.position, None)


def _behind(stored: ChainHead | None, newest: ChainHead) -> Iterator[AuditFault]:
    """Whether the head is behind the newest link that was read: it is written with the links, so one that is read after
    them is never older.

    stored  as it is once all links were read
    """
    if stored is None and newest != START:
        yield AuditFault("the chain has no head", newest.position, None)
    elif stored and stored.position < newest.position:
        yield AuditFault("the chain goes on past its head", newest.position, None)


def _cut(kept: ChainHead) -> AuditFault:
    return AuditFault("the chain ends before the anchor: the newest links were removed", kept.position, None)
