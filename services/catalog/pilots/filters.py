"""What a list of pilot bookings can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.pilots.rules import PilotState


class PilotFilters(BaseModel):
    """What a list is of; nothing given: all that the caller is a party to."""

    line_id: UUID | None = None
    state: PilotState | None = None
