"""Ends a meeting that will not be held."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import MeetingTold
from matcher.dockings.meetings import repository
from matcher.dockings.meetings.models import Meeting, Slot
from matcher.dockings.meetings.rules import MeetingState
from matcher.dockings.models import Docking


async def call_off(session: AsyncSession, docking: Docking, at: datetime) -> bool:
    """Cancel the docking's meeting if it has not begun; whether it was. Its time can be taken again."""
    meeting = await repository.arranged(session, docking.id)
    if meeting is None:
        return False
    slot = await repository.slot_in(session, docking.id, meeting.slot_id)
    if slot.starts_at <= at:
        return False
    meeting.state, meeting.sequence, meeting.changed_at = MeetingState.CANCELLED, meeting.sequence + 1, at
    await session.flush()
    docking.meeting = told(meeting, slot).model_dump(mode="json")
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
