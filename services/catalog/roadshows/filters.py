"""What a list of roadshows can be asked for."""

from pydantic import BaseModel

from catalog.roadshows.rules import RoadshowState


class RoadshowFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: RoadshowState | None = None
