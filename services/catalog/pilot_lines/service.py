"""What pilot bases do with their lines."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from catalog.pilot_lines import repository, rules
from catalog.pilot_lines.filters import PilotLineFilters
from catalog.pilot_lines.models import PilotLine
from catalog.pilot_lines.rules import PilotLineParty
from catalog.pilot_lines.schemas import PilotLineContent, PilotLineOut
from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from common.listing import RecordListing


def _text(line: PilotLine) -> dict[str, Any]:
    return PilotLineOut.model_validate(line).model_dump(mode="json")


PILOT_LINES = Records(PilotLine, rules.LIFE, by_owner(PilotLineParty.BASE), _text)


async def offer(changing: Changing, content: PilotLineContent) -> PilotLine:
    """A line with as many units as it serves bookings at once."""
    rules.refuse_no_progress(content.trl_in, content.trl_out)
    line = await PILOT_LINES.begin(changing, PilotLineParty.BASE, **content.model_dump())
    await repository.add_units(changing.session, line.id, content.capacity)
    return line


async def take(changing: Changing, line_id: UUID, action: str, reason: str | None) -> PilotLine:
    """A step that changes nothing else."""
    async with PILOT_LINES.step(changing, line_id, action, reason) as line:
        line.state_reason = reason
    return line


async def page(listing: RecordListing, filters: PilotLineFilters) -> Sequence[PilotLine]:
    return await PILOT_LINES.page(listing.session, listing.page, *repository.listed(filters))
