"""What a list of pilot lines can be asked for."""

from typing import Annotated

from pydantic import BaseModel, Field

from catalog.pilot_lines.rules import PilotLineState


class PilotLineFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: PilotLineState | None = None
    field: Annotated[str | None, Field(max_length=300)] = None
