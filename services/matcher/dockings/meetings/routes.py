"""HTTP routes of times to meet and of meetings."""

from typing import Any
from uuid import UUID

from fastapi import Response

from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.idempotency import OnceDep
from common.languages import LanguageDep
from common.problems import problems
from common.routing import GuardedRouter
from matcher.dockings import views
from matcher.dockings.meetings import service
from matcher.dockings.meetings.ics import MEDIA_TYPE
from matcher.dockings.meetings.schemas import CancellationIn, SlotOut, SlotsIn, SlotsOut
from matcher.dockings.routes import ActingDep, ReadingDep
from matcher.dockings.schemas import DockingOut

router = GuardedRouter(prefix="/v1", tags=["dockings"], responses=problems(Unauthenticated, Forbidden, NotFound))
_ACT = problems(NotAllowedNow)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The meeting, RFC 5545.", "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@router.post("/slots", status_code=201, responses=_ACT)
async def offer_slots(body: SlotsIn, who: ActingDep, session: SessionDep, once: OnceDep) -> SlotsOut:
    """Offer times to meet in one docking or several of your side; whoever takes a time first has it."""
    slots = await service.offer(session, who, body)
    return once.keep(SlotsOut(slots=tuple(SlotOut.model_validate(slot) for slot in slots)))


@router.get("/dockings/{docking_id}/slots")
async def list_slots(docking_id: UUID, who: ReadingDep, session: ReadSessionDep) -> SlotsOut:
    """Times that can still be taken, the earliest first."""
    slots = await service.free(session, who, docking_id)
    return SlotsOut(slots=tuple(SlotOut.model_validate(slot) for slot in slots))


@router.post("/dockings/{docking_id}/slots/{slot_id}/take", responses=_ACT)
async def take_slot(
    docking_id: UUID, slot_id: UUID, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """Fix the meeting, or move it to this time. Of several who take a time at once one has it, the others get a 409."""
    sitting = await service.take(session, who, docking_id, slot_id)
    return once.keep(await views.one(session, sitting, language))


@router.post("/dockings/{docking_id}/slots/{slot_id}/withdraw", responses=_ACT)
async def withdraw_slot(
    docking_id: UUID, slot_id: UUID, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """Take back a time that your side offered, in all dockings."""
    sitting = await service.withdraw(session, who, docking_id, slot_id)
    return once.keep(await views.one(session, sitting, language))


@router.post("/dockings/{docking_id}/cancel-meeting", responses=_ACT)
async def cancel_meeting(
    docking_id: UUID, body: CancellationIn, who: ActingDep, session: SessionDep, once: OnceDep, language: LanguageDep
) -> DockingOut:
    """Call the meeting off; the docking goes on, and its time can be taken again."""
    sitting = await service.cancel(session, who, docking_id, body.text)
    return once.keep(await views.one(session, sitting, language))


@router.get("/dockings/{docking_id}/meetings/{meeting_id}.ics", responses=_FILE, response_class=Response)
async def read_meeting_file(docking_id: UUID, meeting_id: UUID, who: ReadingDep, session: ReadSessionDep) -> Response:
    """A meeting as a calendar file: one UID however often it moves, a growing SEQUENCE, CANCEL once called off."""
    content = await service.calendar_file(session, who, docking_id, meeting_id)
    return Response(content, media_type=MEDIA_TYPE)
