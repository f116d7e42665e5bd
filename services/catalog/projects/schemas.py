"""What demonstration projects look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Day, Fen
from catalog.history.schemas import PublicReason
from catalog.projects.rules import ProjectState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText

EXAMPLE: JsonDict = {
    "demand_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "title": "前湾港区智能闸口标杆示范",
    "summary": "在六个闸口部署箱体残损智能识别，形成可复制的改造方案。",
    "investment_fen": 2600000000,
    "starts_on": "2026-03-01",
    "completes_on": "2099-12-31",
}


class ProjectTerms(Frozen):
    """What a dispatcher lays down, and may amend."""

    summary: Annotated[SeenText, Field(max_length=8000)]
    investment_fen: Fen
    starts_on: Day
    completes_on: Day = Field(description="The last day, as planned.")


class ProjectContent(ProjectTerms):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    demand_id: UUID = Field(description="The public demand that it carries out.")
    title: SeenLine


class ProjectAmendment(ProjectTerms):
    reason: PublicReason


class Assignment(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lead": {"scheme": "uscc", "code": "91370200264574251E"}}]}
    )

    lead: OrganisationKey = Field(description="An organisation that is recorded here.")
    reason: PublicReason | None = None


class ProjectOut(ProjectTerms):
    """A demonstration project, as everyone reads it."""

    id: UUID
    version: int
    state: ProjectState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    demand_id: UUID
    title: str
    lead: OrganisationKey | None
    lead_name: str | None
    state_reason: str | None = Field(description="Why it was stopped.")
    created_at: Moment
    updated_at: Moment
