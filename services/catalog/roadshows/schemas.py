"""What roadshows look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline
from catalog.roadshows.rules import RoadshowState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, Whole

EXAMPLE: JsonDict = {
    "title": "青岛市未来产业基金路演（示例）第一期",
    "venue": "示例会展中心二楼",
    "locks_at": "2099-05-01T16:00:00Z",
    "starts_at": "2099-05-08T01:00:00Z",
    "slots_count": 8,
    "slot_minutes": 20,
}


class RoadshowContent(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    venue: SeenLine
    locks_at: Deadline = Field(description="From then on no slot is taken.")
    starts_at: Deadline
    slots_count: Annotated[Whole, Field(ge=1, le=100)]
    slot_minutes: Annotated[Whole, Field(ge=5, le=240)]


class RoadshowOut(Frozen):
    """A roadshow, as everyone reads it."""

    id: UUID
    version: int
    state: RoadshowState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    title: str
    venue: str
    locks_at: Moment
    starts_at: Moment
    slots_count: int
    slot_minutes: int
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class RoadshowSlotOut(Frozen):
    place: int
    starts_at: Moment
    presentation_id: UUID | None = Field(description="null: it is free.")


class RoadshowSlotsOut(BaseModel):
    items: list[RoadshowSlotOut]
