"""What pilot lines look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.pilot_lines.rules import PilotLineState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText, Trl, Whole

EXAMPLE: JsonDict = {
    "title": "海洋传感器封装中试线",
    "field": "海洋电子信息",
    "text": "可做小批量封装、盐雾与压力老化验证。",
    "trl_in": 5,
    "trl_out": 8,
    "capacity": 2,
}


class PilotLineContent(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    field: SeenLine = Field(description="中试领域: what kind of technology it is for.")
    text: Annotated[SeenText, Field(max_length=8000)]
    trl_in: Trl = Field(description="The lowest readiness level it takes.")
    trl_out: Trl = Field(description="The highest it leads to.")
    capacity: Annotated[Whole, Field(ge=1, le=50)] = Field(description="Bookings it serves at once.")


class PilotLineOut(PilotLineContent):
    """A pilot line, as everyone reads it."""

    id: UUID
    version: int
    state: PilotLineState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
