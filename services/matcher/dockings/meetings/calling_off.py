"""Ends a meeting that will not be held."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import MeetingTold
from matcher.dockings.meetings import offers, repository
from matcher.dockings.meetings.models import Meeting, Slot
from matcher.dockings.meetings.rules import MeetingState
from matcher.dockings.models import Docking


async def call_off(session: AsyncSession, docking: Docking, others: Sequence[Docking], at: datetime) -> bool:
    """Cancel the docking's meeting if it has not begun; whether it was. Its time can be taken again.

    others  as `offers.lock_others` locked them
    """
    meeting = await repository.arranged(session, docking.id)
    if meeting is None:
        return False
    slot = await repository.slot_in(session, docking.id, meeting.slot_id)
    if slot.starts_at <= at:
        return False
    meeting.state, meeting.sequence, meeting.changed_at = MeetingState.CANCELLED, meeting.sequence + 1, at
    await session.flush()
    docking.meeting = told(meeting, slot).model_dump(mode="json")
    await offers.tell(session, others, slot.id, offers.FREE, at)
    return True


def told(meeting: Meeting, slot: Slot) -> MeetingTold:
    return MeetingTold(
        id=meeting.id,
        sequence=meeting.sequence,
        is_cancelled=meeting.state is MeetingState.CANCELLED,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place=slot.place,
    )
