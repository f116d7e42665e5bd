"""What a list of pilot lines can be asked for."""

from pydantic import BaseModel

from catalog.pilot_lines.rules import PilotLineState
from common.fields import Line


class PilotLineFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: PilotLineState | None = None
    field: Line | None = None
