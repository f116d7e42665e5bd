"""What pilot bookings look like over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from catalog.fields import Day, Deadline, Fen
from catalog.history.schemas import PublicReason
from catalog.pilots.rules import PilotState
from common.fields import Frozen, Moment, OrganisationKey, SeenText, Trl


class PilotContent(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "line_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                    "text": "200 件温盐传感器封装与压力老化验证",
                    "trl_in": 6,
                    "trl_out": 8,
                }
            ]
        }
    )

    line_id: UUID
    demand_id: UUID | None = Field(None, description="Your public demand of kind pilot, if there is one.")
    text: Annotated[SeenText, Field(max_length=8000)]
    trl_in: Trl
    trl_out: Trl = Field(description="What the pilot is to reach.")


class PilotQuote(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "price_fen": 38000000,
                    "valid_until": "2099-03-31T16:00:00Z",
                    "starts_on": "2099-04-06",
                    "ends_on": "2099-05-29",
                }
            ]
        }
    )

    price_fen: Fen
    valid_until: Deadline = Field(description="When it passes, the quote lapses by itself.")
    starts_on: Day
    ends_on: Day = Field(description="The last day.")
    reason: PublicReason | None = None


class PilotDelivery(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"trl_reached": 8, "reason": "200 件通过 72 小时压力老化"}]}
    )

    trl_reached: Trl
    reason: PublicReason


class PilotOut(Frozen):
    """A pilot booking, as both sides read it."""

    id: UUID
    version: int
    state: PilotState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    line_id: UUID
    demand_id: UUID | None
    text: str
    trl_in: int
    trl_out: int
    price_fen: int | None
    valid_until: Moment | None
    starts_on: date | None
    ends_on: date | None
    trl_reached: int | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
