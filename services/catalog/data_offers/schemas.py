"""What data offers look like over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from catalog.fields import Deadline
from common.contracts.words import DataClass, DataOfferState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText, wrong

EXAMPLE: JsonDict = {
    "title": "2025 年过闸影像（已脱敏）",
    "purpose": "训练并自测残损识别模型，仅限本次应用验证使用。",
    "data_class": "general",
}
GRANT: JsonDict = {"access": "在测试场数据室离线读取，联系人另行告知", "expires_at": "2026-12-31T16:00:00Z"}


class DataRequest(Frozen):
    """Data for tests: of a demand's owner, or of a test bed's host."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**EXAMPLE, "test_bed_id": "0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001"}]}
    )

    demand_id: UUID | None = None
    test_bed_id: UUID | None = None
    title: SeenLine = Field(description="Which data.")
    purpose: Annotated[SeenText, Field(max_length=2000)]
    data_class: DataClass

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.demand_id is None) == (self.test_bed_id is None):
            raise wrong("give either demand_id or test_bed_id", "demand_id 与 test_bed_id 请填写且只填写一项")
        return self


class DataGrant(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [GRANT]})

    access: Annotated[SeenText, Field(max_length=2000)] = Field(description="Where and how, for the requester alone.")
    expires_at: Deadline


class DataExtension(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"expires_at": "2027-03-31T16:00:00Z"}]})

    expires_at: Deadline


class DataOfferOut(Frozen):
    """A data offer, as its two parties read it."""

    id: UUID
    version: int
    state: DataOfferState
    owner: OrganisationKey = Field(validation_alias="owner_key", description="Who asked.")
    owner_name: str
    holder: OrganisationKey = Field(validation_alias="holder_key")
    holder_name: str
    demand_id: UUID | None
    test_bed_id: UUID | None
    title: str
    purpose: str
    data_class: DataClass
    access: str | None = Field(description="Null unless it is granted now.")
    expires_at: Moment | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
