"""What a list of roadshows can be asked for."""

from pydantic import BaseModel, ConfigDict

from catalog.roadshows.rules import RoadshowState


class RoadshowFilters(BaseModel):
    """What a list is of; nothing given: all."""

    model_config = ConfigDict(extra="forbid")

    state: RoadshowState | None = None
