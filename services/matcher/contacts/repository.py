"""SQL of contacts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.contacts import Contact
from common.contracts.dockings import Side
from common.pagination import PageRequest
from matcher.contacts.models import ContactRead, KnownContact, SharedContact
from matcher.subjects.kind import SubjectKind


async def keep_newer(session: AsyncSession, known: KnownContact) -> None:
    """Store whom to call, unless the same or a newer version is there."""
    columns = ("version", "contact", "changed_at")
    row = insert(KnownContact).values(
        kind=known.kind, subject_id=known.subject_id, **{name: getattr(known, name) for name in columns}
    )
    newer = row.on_conflict_do_update(
        index_elements=["kind", "subject_id"],
        set_={name: row.excluded[name] for name in columns},
        where=KnownContact.version < row.excluded.version,
    )
    await session.execute(newer)


async def forget(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> None:
    """Nobody is known any more of what is gone for good."""
    await session.execute(delete(KnownContact).where(KnownContact.kind == kind, KnownContact.subject_id == subject_id))


async def known(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> KnownContact | None:
    rows = select(KnownContact).where(KnownContact.kind == kind, KnownContact.subject_id == subject_id)
    return await session.scalar(rows.execution_options(populate_existing=True))


async def share(session: AsyncSession, docking_id: UUID, side: Side, contact: Contact, at: datetime) -> None:
    """One a side: what is shared anew takes the place of what was."""
    values = {"contact": contact.model_dump(mode="json"), "shared_at": at}
    row = insert(SharedContact).values(docking_id=docking_id, side=side, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["docking_id", "side"], set_=values))


async def shared(session: AsyncSession, docking_id: UUID) -> dict[Side, Contact]:
    rows = await session.scalars(
        select(SharedContact).where(SharedContact.docking_id == docking_id).execution_options(populate_existing=True)
    )
    return {row.side: Contact.model_validate(row.contact) for row in rows}


async def sharing_sides(session: AsyncSession, docking_ids: Sequence[UUID]) -> dict[UUID, list[Side]]:
    """By docking, who has shared; the contacts themselves are not read."""
    rows = select(SharedContact.docking_id, SharedContact.side).where(SharedContact.docking_id.in_(docking_ids))
    found: dict[UUID, list[Side]] = {}
    for docking_id, side in await session.execute(rows.order_by(SharedContact.shared_at)):
        found.setdefault(docking_id, []).append(side)
    return found


def add_read(session: AsyncSession, read: ContactRead) -> None:
    session.add(read)


async def reads(session: AsyncSession, docking_id: UUID, page: PageRequest) -> Sequence[ContactRead]:
    """Newest first, one more than the page holds."""
    rows = select(ContactRead).where(ContactRead.docking_id == docking_id)
    if page.after:
        rows = rows.where(tuple_(ContactRead.at, ContactRead.id) < page.after)
    newest_first = rows.order_by(ContactRead.at.desc(), ContactRead.id.desc())
    return (await session.scalars(newest_first.limit(page.limit + 1))).all()
