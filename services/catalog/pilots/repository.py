"""Which pilot bookings a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_

from catalog.pilot_lines.models import PilotLine
from catalog.pilots.filters import PilotFilters
from catalog.pilots.models import PilotBooking
from common.fields import OrganisationKey


def listed(filters: PilotFilters, viewer: OrganisationKey) -> Iterator[ColumnElement[bool]]:
    for name, value in filters.model_dump(exclude_none=True).items():
        yield getattr(PilotBooking, name) == value
    yield or_(PilotBooking.owned_by(viewer), PilotBooking.line.has(PilotLine.owned_by(viewer)))
