"""What proposals look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from common.contracts.words import ProposalState, ScenarioLevel
from common.fields import Frozen, Moment, OrganisationKey, SeenText


class ProposalContent(Frozen):
    """A demand that its owner would have in a list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"demand_id": "01890a5d-ac96-774b-bcce-b302099a8057", "level": "high_end", "note": "已具备试验条件"}
            ]
        }
    )

    demand_id: UUID = Field(description="A published scenario of your organisation.")
    level: ScenarioLevel | None = Field(None, description="What its owner takes it for; the editor decides.")
    note: Annotated[SeenText, Field(max_length=2000)] | None = Field(None, description="For the editors of the list.")


class ProposalTaking(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"level": "high_end"}]})

    level: ScenarioLevel | None = Field(None, description="Of the entry; left out, what the proposal says.")


class ProposalOut(Frozen):
    """A demand put forward for a list, as its owner and the editors see it."""

    id: UUID
    version: int
    state: ProposalState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    list_id: UUID
    demand_id: UUID
    title: str
    level: ScenarioLevel | None
    note: str | None
    state_reason: str | None = Field(description="Why it was declined.")
    created_at: Moment
    updated_at: Moment
