"""What a list of pilot bookings can be asked for."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from catalog.pilots.rules import PilotState


class PilotFilters(BaseModel):
    """What a list is of; nothing given: all that the caller is a party to."""

    model_config = ConfigDict(extra="forbid")

    line_id: UUID | None = None
    state: PilotState | None = None
