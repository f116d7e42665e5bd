"""SQL of times offered and of meetings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from matcher.dockings.meetings.models import ARRANGED, Meeting, Slot, SlotOffer
from matcher.dockings.meetings.rules import MeetingState


async def offer(session: AsyncSession, slots: Sequence[Slot], docking_ids: Sequence[UUID]) -> None:
    session.add_all(slots)
    await session.flush()
    session.add_all(SlotOffer(slot_id=slot.id, docking_id=each) for slot in slots for each in docking_ids)
    await session.flush()


async def free(session: AsyncSession, docking_id: UUID, at: datetime) -> Sequence[Slot]:
    """Times offered in a docking that are still to be had, the earliest first."""
    rows = (
        select(Slot)
        .join(SlotOffer, SlotOffer.slot_id == Slot.id)
        .where(
            SlotOffer.docking_id == docking_id,
            Slot.withdrawn_at.is_(None),
            Slot.starts_at > at,
            ~exists().where(Meeting.slot_id == Slot.id, Meeting.state == MeetingState.ARRANGED),
        )
    )
    return (await session.scalars(rows.order_by(Slot.starts_at, Slot.id))).all()


async def slot_in(session: AsyncSession, docking_id: UUID, slot_id: UUID, *, lock: bool = True) -> Slot:
    """A time offered in a docking; locked, so that those who want it come one by one."""
    rows = (
        select(Slot)
        .join(SlotOffer, SlotOffer.slot_id == Slot.id)
        .where(Slot.id == slot_id, SlotOffer.docking_id == docking_id)
    )
    locked = rows.with_for_update(of=Slot).execution_options(populate_existing=True)
    found = await session.scalar(locked if lock else rows)
    if found is None:
        raise NotFound(f"No slot {slot_id} is offered in this docking", f"本对接单没有编号为 {slot_id} 的时间")
    return found


async def dockings_of(session: AsyncSession, slot_ids: Collection[UUID]) -> Sequence[UUID]:
    """Those in which any of these times is offered."""
    return (await session.scalars(select(SlotOffer.docking_id).where(SlotOffer.slot_id.in_(slot_ids)).distinct())).all()


async def is_taken(session: AsyncSession, slot_id: UUID) -> bool:
    rows = select(exists().where(Meeting.slot_id == slot_id, Meeting.state == MeetingState.ARRANGED))
    return bool(await session.scalar(rows))


async def arranged(session: AsyncSession, docking_id: UUID) -> Meeting | None:
    """The meeting of a docking that is to be held or was held."""
    rows = select(Meeting).where(Meeting.docking_id == docking_id, ARRANGED)
    return await session.scalar(rows.execution_options(populate_existing=True))


async def arrange(session: AsyncSession, meeting: Meeting) -> bool:
    """Store a meeting; False when its time was taken meanwhile, or its docking has a meeting."""
    values = {column.key: getattr(meeting, column.key) for column in Meeting.__table__.columns}
    once = insert(Meeting).values(values).on_conflict_do_nothing().returning(Meeting.id)
    return (await session.execute(once)).first() is not None


async def change(session: AsyncSession, meeting: Meeting) -> None:
    """Bring a meeting's row to what the object says; a time that is taken makes the transaction fail."""
    values = {name: getattr(meeting, name) for name in ("slot_id", "state", "sequence", "changed_at")}
    await session.execute(update(Meeting).where(Meeting.id == meeting.id).values(values))


async def one(session: AsyncSession, docking_id: UUID, meeting_id: UUID) -> tuple[Meeting, Slot]:
    """A meeting of a docking in any state, with its time."""
    rows = select(Meeting, Slot).join(Slot, Slot.id == Meeting.slot_id)
    found = (await session.execute(rows.where(Meeting.id == meeting_id, Meeting.docking_id == docking_id))).first()
    if found is None:
        raise NotFound(f"This docking has no meeting {meeting_id}", f"本对接单没有编号为 {meeting_id} 的会面")
    return found[0], found[1]
