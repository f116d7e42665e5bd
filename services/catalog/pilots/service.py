"""What requesters, pilot bases and the clock do with pilot bookings."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service as demands
from catalog.pilot_lines import repository as lines
from catalog.pilot_lines.repository import WantedUnit
from catalog.pilot_lines.rules import Days, first_free, refuse_no_progress
from catalog.pilot_lines.service import PILOT_LINES
from catalog.pilots import repository, rules
from catalog.pilots.filters import PilotFilters
from catalog.pilots.models import PilotBooking
from catalog.pilots.rules import PilotAction, PilotParty
from catalog.pilots.schemas import PilotContent, PilotDelivery, PilotQuote
from catalog.records.changing import Changing
from catalog.records.records import Records, private
from common import deadlines
from common.auth import Principal
from common.deadlines import Handler
from common.errors import FieldFault, invalid
from common.fields import OrganisationKey
from common.listing import RecordListing

LAPSE = "pilot.lapse"
"""A kind of deadline."""


def _parties(pilot: PilotBooking, caller: Principal) -> frozenset[PilotParty]:
    found = ((pilot.owner_key, PilotParty.REQUESTER), (pilot.line.owner_key, PilotParty.BASE))
    return frozenset(party for key, party in found if key == caller.organisation)


def _audience(pilot: PilotBooking) -> Iterator[OrganisationKey]:
    yield pilot.line.owner_key


PILOTS = Records(PilotBooking, rules.LIFE, _parties, private, _audience)


async def ask(changing: Changing, content: PilotContent) -> PilotBooking:
    """Ask a base for a quote."""
    session = changing.session
    line = await PILOT_LINES.find(session, content.line_id)
    if line is None:
        raise invalid(FieldFault("give the id of a pilot line", "请填写中试线的 id", pointer="#/line_id"))
    rules.refuse_closed(line.state)
    refuse_no_progress(content.trl_in, content.trl_out)
    rules.refuse_beyond(content, line)
    if content.demand_id is not None:
        rules.refuse_other_demand((await demands.named(session, content.demand_id))["kind"])
    return await PILOTS.begin(changing, PilotParty.REQUESTER, **content.model_dump(), line=line)


async def quote(changing: Changing, pilot_id: UUID, offered: PilotQuote) -> PilotBooking:
    """Say what it costs and when; another quote takes the place of the one before."""
    async with PILOTS.step(changing, pilot_id, PilotAction.QUOTE, offered.reason) as pilot:
        rules.refuse_faulty_quote(Days(offered.starts_on, offered.ends_on), offered.valid_until, changing.at)
        for name, value in offered.model_dump(exclude={"reason"}).items():
            setattr(pilot, name, value)
        pilot.state_reason = offered.reason
    await deadlines.put(changing.session, LAPSE, pilot.id, pilot.valid_until)
    return pilot


async def book(changing: Changing, pilot_id: UUID, expected: int) -> PilotBooking:
    """Take the quote that was read, with a unit for its days."""
    async with PILOTS.step(changing, pilot_id, PilotAction.BOOK, expected=expected) as pilot:
        assert pilot.valid_until is not None  # what is quoted has all of these
        assert pilot.starts_on is not None
        assert pilot.ends_on is not None
        rules.refuse_lapsed(pilot.valid_until, changing.at)
        days = Days(pilot.starts_on, pilot.ends_on)
        if not await lines.occupy(changing.session, WantedUnit(pilot.line_id, pilot.id, days)):
            rules.refuse_full(days, first_free(await lines.taken_days(changing.session, pilot.line_id), days))
    await deadlines.put(changing.session, LAPSE, pilot.id, None)
    return pilot


async def deliver(changing: Changing, pilot_id: UUID, delivery: PilotDelivery) -> PilotBooking:
    """Say which readiness level was reached."""
    async with PILOTS.step(changing, pilot_id, PilotAction.DELIVER, delivery.reason) as pilot:
        rules.refuse_reached(delivery.trl_reached, pilot.trl_in)
        pilot.trl_reached, pilot.state_reason = delivery.trl_reached, delivery.reason
    return pilot


async def take(changing: Changing, pilot_id: UUID, action: str, reason: str | None) -> PilotBooking:
    """End a booking; its unit is free again."""
    async with PILOTS.step(changing, pilot_id, action, reason) as pilot:
        await lines.vacate(changing.session, pilot_id)
        pilot.state_reason = reason
    await deadlines.put(changing.session, LAPSE, pilot.id, None)
    return pilot


async def page(listing: RecordListing, caller: Principal, filters: PilotFilters) -> Sequence[PilotBooking]:
    """Those that the caller asked for, or that its lines are asked for."""
    return await PILOTS.page(listing.session, listing.page, *repository.listed(filters, caller.organisation))


async def lapse_due(session: AsyncSession, pilot_id: UUID, at: datetime) -> None:
    """Let a quote lapse whose time has come by `at`, if that is how it stands."""
    await PILOTS.strike(session, pilot_id, PilotAction.LAPSE, PilotParty.CLOCK, at)


DUE: dict[str, Handler] = {LAPSE: lapse_due}
"""What the clock does for pilot bookings."""
