"""What organisers and the clock do with roadshows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.presentations import repository as presentations
from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from catalog.roadshows import repository, rules
from catalog.roadshows.filters import RoadshowFilters
from catalog.roadshows.models import Roadshow, RoadshowSlot
from catalog.roadshows.rules import RoadshowAction, RoadshowParty
from catalog.roadshows.schemas import RoadshowContent, RoadshowOut
from common import deadlines
from common.deadlines import Handler
from common.listing import RecordListing

LOCK = "roadshow.lock"
"""A kind of deadline."""


def _text(roadshow: Roadshow) -> dict[str, Any]:
    return RoadshowOut.model_validate(roadshow).model_dump(mode="json")


ROADSHOWS = Records(Roadshow, rules.LIFE, by_owner(RoadshowParty.ORGANISER), _text)


async def plan(changing: Changing, content: RoadshowContent) -> Roadshow:
    """A roadshow with its slots, none of them taken."""
    rules.refuse_faulty(content.locks_at, content.starts_at, changing.at)
    roadshow = await ROADSHOWS.begin(changing, RoadshowParty.ORGANISER, **content.model_dump())
    starts = rules.slot_starts(content.starts_at, content.slots_count, content.slot_minutes)
    await repository.add_slots(changing.session, roadshow.id, starts)
    return roadshow


async def take(changing: Changing, roadshow_id: UUID, action: str, reason: str | None) -> Roadshow:
    """A step that changes no content."""
    async with ROADSHOWS.step(changing, roadshow_id, action, reason) as roadshow:
        if action == RoadshowAction.OPEN:
            rules.refuse_locked(roadshow.locks_at, changing.at)
        elif action == RoadshowAction.FOLLOW_UP:
            rules.refuse_unfollowed(await presentations.waiting_count(changing.session, roadshow_id))
        roadshow.state_reason = reason
    due_at = roadshow.locks_at if roadshow.state == rules.OPEN else None
    await deadlines.put(changing.session, LOCK, roadshow.id, due_at)
    return roadshow


async def slots(session: AsyncSession, roadshow_id: UUID) -> Sequence[RoadshowSlot]:
    await ROADSHOWS.read(session, None, roadshow_id)
    return await repository.slots(session, roadshow_id)


async def page(listing: RecordListing, filters: RoadshowFilters) -> Sequence[Roadshow]:
    return await ROADSHOWS.page(listing.session, listing.page, *repository.listed(filters))


async def lock_due(session: AsyncSession, roadshow_id: UUID, at: datetime) -> None:
    """Lock the list of an open roadshow whose time has come by `at`."""
    await ROADSHOWS.strike(session, roadshow_id, RoadshowAction.LOCK, RoadshowParty.CLOCK, at)


DUE: dict[str, Handler] = {LOCK: lock_due}
"""What the clock does for roadshows."""
