"""Use cases of meetings: offering times, taking one, calling a meeting off, the calendar file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import new_id
from common.contracts.dockings import Side
from common.errors import Forbidden
from matcher.acts.acting import Acting, Why
from matcher.dockings import moving
from matcher.dockings import repository as dockings
from matcher.dockings.meetings import calling_off, ics, offers, repository, rules
from matcher.dockings.meetings.models import Meeting, Slot
from matcher.dockings.meetings.rules import MeetingState
from matcher.dockings.meetings.schemas import SlotIn, SlotsIn
from matcher.dockings.moving import DockingSeat
from matcher.dockings.rules import DockingAction
from matcher.mandates.rules import Power


async def offer(session: AsyncSession, who: Acting, body: SlotsIn) -> list[Slot]:
    """Offer times in dockings of one side; whoever takes one first has it."""
    rules.refuse_faulty(body.slots, who.at)
    wanted = sorted(set(body.docking_ids))
    for each in wanted:
        await moving.seat(session, who, each, Power.ARRANGE, lock=False)
    # All locked in one order, so that two who offer in the same dockings wait in no circle.
    await dockings.locked(session, wanted)
    seats = [await moving.seat(session, who, each, Power.ARRANGE) for each in wanted]
    for sitting in seats:
        moving.check(sitting, DockingAction.OFFER_SLOTS)
    side = _one_side(seats)
    slots = [_slot(who, side, times) for times in body.slots]
    await repository.offer(session, slots, wanted)
    for sitting in seats:
        await offers.look(session, sitting.docking, who.at)
        moving.move(session, sitting, DockingAction.OFFER_SLOTS)
    return slots


def _one_side(seats: Sequence[DockingSeat]) -> Side:
    sides = {each.side for each in seats}
    side = next(iter(sides))
    if len(sides) > 1 or side is None:
        raise Forbidden(
            "Offer one time in dockings in which you are on the same side", "同一时间只能用于您处于同一方的对接单"
        )
    return side


def _slot(who: Acting, side: Side, times: SlotIn) -> Slot:
    assert who.party is not None, "the clock offers no times"
    return Slot(
        id=new_id(),
        organisation_scheme=who.party.scheme,
        organisation_code=who.party.code,
        side=side,
        offered_at=who.at,
        **times.model_dump(),
    )


async def free(session: AsyncSession, who: Acting, docking_id: UUID) -> Sequence[Slot]:
    await moving.seat(session, who, docking_id, None, lock=False)
    return await repository.free(session, docking_id, who.at)


async def withdraw(session: AsyncSession, who: Acting, docking_id: UUID, slot_id: UUID) -> DockingSeat:
    """Take an offer of one's own side back, in all dockings; one that was taken is no offer any more. Repeating the
    call changes nothing."""
    sitting, others = await offers.seat(session, who, docking_id, Power.ARRANGE, slot_id)
    slot = await repository.slot_in(session, docking_id, slot_id)
    if slot.organisation != who.party:
        raise Forbidden("Only who offered a time may withdraw it", "只有提出时间的一方可以撤回")
    if slot.withdrawn_at is not None:
        return sitting
    if await repository.is_taken(session, slot_id):
        raise rules.taken()
    moving.check(sitting, DockingAction.WITHDRAW_SLOT)
    slot.withdrawn_at = who.at
    await session.flush()
    await offers.look(session, sitting.docking, who.at)
    moving.move(session, sitting, DockingAction.WITHDRAW_SLOT)
    await offers.tell(session, others, slot_id, offers.GONE, who.at)
    return sitting


async def take(session: AsyncSession, who: Acting, docking_id: UUID, slot_id: UUID) -> DockingSeat:
    """Fix the meeting of a docking, or move it. Of several who take the same time at once, in one docking or in
    several, one has it; the others are told."""
    sitting, others = await offers.seat(session, who, docking_id, Power.ARRANGE, slot_id)
    moving.check(sitting, DockingAction.TAKE_SLOT)
    slot = await repository.slot_in(session, docking_id, slot_id)
    rules.refuse_own(slot.side, sitting.side)
    if slot.withdrawn_at is not None:
        raise rules.withdrawn()
    rules.refuse_past(slot.starts_at, who.at)
    if await repository.is_taken(session, slot_id):
        raise rules.taken()
    before = await repository.arranged(session, docking_id)
    left = await repository.slot_in(session, docking_id, before.slot_id, lock=False) if before else None
    meeting = await _arranged(session, sitting, before, slot)
    docking = sitting.docking
    docking.meeting = calling_off.told(meeting, slot).model_dump(mode="json")
    docking.first_meeting_at = docking.first_meeting_at or who.at
    moving.move(session, sitting, DockingAction.TAKE_SLOT)
    await offers.tell(session, others, slot_id, offers.GONE, who.at)
    if left is not None and left.starts_at > who.at:
        await offers.tell(session, others, left.id, offers.FREE, who.at)
    return sitting


async def _arranged(session: AsyncSession, sitting: DockingSeat, meeting: Meeting | None, slot: Slot) -> Meeting:
    """The docking's meeting, moved to a time, or a new one."""
    at = sitting.who.at
    if meeting is not None:
        meeting.slot_id, meeting.sequence, meeting.changed_at = slot.id, meeting.sequence + 1, at
        await session.flush()
        return meeting
    meeting = Meeting(
        id=new_id(),
        docking_id=sitting.docking.id,
        slot_id=slot.id,
        state=MeetingState.ARRANGED,
        sequence=0,
        arranged_at=at,
        changed_at=at,
    )
    if not await repository.arrange(session, meeting):
        raise rules.taken()
    return meeting


async def cancel(session: AsyncSession, who: Acting, docking_id: UUID, words: str | None) -> DockingSeat:
    """Call a meeting off that has not begun; its time can be taken again, and the docking goes on."""
    sitting, others = await offers.seat(session, who, docking_id, Power.ARRANGE)
    moving.check(sitting, DockingAction.CANCEL_MEETING)
    if not await calling_off.call_off(session, sitting.docking, others, who.at):
        raise rules.begun()
    await offers.look(session, sitting.docking, who.at)
    moving.move(session, sitting, DockingAction.CANCEL_MEETING, Why(text=words))
    return sitting


async def calendar_file(session: AsyncSession, who: Acting, docking_id: UUID, meeting_id: UUID) -> bytes:
    sitting = await moving.seat(session, who, docking_id, None, lock=False)
    meeting, slot = await repository.one(session, docking_id, meeting_id)
    docking = sitting.docking
    names = {Side.OWNER: docking.owner_name, Side.ENTERPRISE: docking.enterprise_name}
    entry = ics.Entry(
        uid=meeting.id,
        sequence=meeting.sequence,
        is_cancelled=meeting.state is MeetingState.CANCELLED,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        changed_at=meeting.changed_at,
        title=f"对接会面：{docking.demand_title}",
        text=f"需求方：{docking.owner_name}\n供给方：{docking.enterprise_name}\n{docking.profile_headline}",
        place=slot.place,
        organizer=names[slot.side],
        url=slot.url,
    )
    return ics.calendar_file(entry)
