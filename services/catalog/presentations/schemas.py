"""What presentations look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Fen
from catalog.history.schemas import PublicReason
from catalog.presentations.rules import FundingOutcome, FundingStage, PresentationState
from common.fields import Frozen, Line, Moment, OrganisationKey, SeenText, Whole

EXAMPLE: JsonDict = {
    "roadshow_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "demand_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "place": 1,
    "teaser": "面向港口机械的类脑视觉芯片，功耗为同类的十分之一。",
    "full_text": "团队、专利、客户与财务预测的完整说明。",
    "stage": "a",
    "track": "类脑智能",
    "ticket_fen": 2000000000,
    "term_months": 60,
}


class PresentationContent(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    roadshow_id: UUID
    demand_id: UUID = Field(description="Your published demand of kind financing.")
    place: Annotated[Whole, Field(ge=1, le=100)] = Field(description="Which slot of the roadshow.")
    teaser: Annotated[SeenText, Field(max_length=2000)] = Field(description="For everyone.")
    full_text: SeenText = Field(description="For investors whom you consent to show it.")
    stage: FundingStage
    track: Line = Field(description="A track of this deployment.")
    ticket_fen: Annotated[Fen, Field(gt=0)] = Field(description="What is sought, in fen.")
    term_months: Annotated[Whole, Field(ge=1, le=600)] = Field(description="For how long.")


class OutcomeRecord(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "in_talks", "reason": "已与两家基金约定尽职调查"}]}
    )

    outcome: FundingOutcome
    reason: PublicReason | None = None


class PresentationOut(Frozen):
    """A presentation, as everyone reads it."""

    id: UUID
    version: int
    state: PresentationState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    roadshow_id: UUID
    demand_id: UUID
    place: int
    title: str = Field(description="Of the demand.")
    teaser: str
    stage: FundingStage
    track: str
    ticket_fen: int
    term_months: int
    outcome: FundingOutcome | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class OwnPresentationOut(PresentationOut):
    """The same as who presents it reads it."""

    full_text: str
