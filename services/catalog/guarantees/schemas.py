"""What guarantee requests look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from catalog.guarantees.rules import GuaranteeState, GuaranteeType
from catalog.history.schemas import PublicReason
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText


class GuaranteeContent(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                    "type": "energy",
                    "title": "闸口改造临时用电增容",
                    "text": "六个闸口改造期间需增容 400 千伏安，请协调供电审批。",
                }
            ]
        }
    )

    project_id: UUID
    type: GuaranteeType
    title: SeenLine
    text: Annotated[SeenText, Field(max_length=8000)]


class GuaranteeAssignment(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"waits_for": {"scheme": "uscc", "code": "91370200264574251E"}}]}
    )

    waits_for: OrganisationKey = Field(description="Who is to answer: an organisation that is recorded here.")
    reason: PublicReason | None = None


class GuaranteeOut(Frozen):
    """A guarantee request, as those read it whom it concerns."""

    id: UUID
    version: int
    state: GuaranteeState
    project_id: UUID
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    type: GuaranteeType
    title: str
    text: str
    waits_for: OrganisationKey | None
    waits_for_name: str | None
    state_reason: str | None = Field(description="What was done, or why not.")
    created_at: Moment
    updated_at: Moment
