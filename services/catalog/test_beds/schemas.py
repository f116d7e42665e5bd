"""What test beds and their slots look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline
from common.contracts.words import DataClass, Domain, TestBedState
from common.fields import Division, Frozen, Moment, OrganisationKey, SeenLine, SeenText, Whole

EXAMPLE: JsonDict = {
    "title": "前湾港区自动化闸口测试场（示例）",
    "summary": "一条不停车闸口车道，配五面相机与人工复核台账，可提供已脱敏的历史过闸影像。",
    "site": "青岛市黄岛区前湾港区示例闸口",
    "division": "370211",
    "domain": "智慧港口",
    "capacity": 2,
    "measures": ["残损识别准确率", "单箱识别时间"],
    "data_class": "general",
}


class TestBedContent(Frozen):
    """All that a host says about a test bed."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    summary: Annotated[SeenText, Field(max_length=4000)] | None = None
    site: SeenLine = Field(description="Where measurements are taken.")
    division: Division
    domain: Domain
    capacity: Whole = Field(ge=1, le=100, description="How many validations it takes at once.")
    measures: tuple[SeenLine, ...] = Field(min_length=1, max_length=50, description="What can be measured there.")
    data_class: DataClass = Field(description="Of the data that tests work with.")


class TestBedOut(Frozen):
    """A test bed, as everyone reads it; its owner is the host."""

    id: UUID
    version: int
    state: TestBedState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    title: str
    summary: str | None
    site: str
    division: str
    domain: Domain
    capacity: int
    measures: tuple[str, ...]
    data_class: DataClass
    created_at: Moment
    updated_at: Moment


class TestSlotIn(Frozen):
    starts_at: Deadline
    ends_at: Deadline


class TestSlotsIn(Frozen):
    """Times in which the bed takes as many validations as its capacity is now. All are offered, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"slots": [{"starts_at": "2099-03-01T01:00:00Z", "ends_at": "2099-03-05T09:00:00Z"}]}]
        }
    )

    slots: tuple[TestSlotIn, ...] = Field(min_length=1, max_length=100)


class TestSlotOut(Frozen):
    """A slot; `free_count` seats can be taken now."""

    id: UUID
    test_bed_id: UUID
    starts_at: Moment
    ends_at: Moment
    capacity: int
    free_count: int


class TestSlotsOut(Frozen):
    """The slots just offered, in the order they were sent."""

    slots: tuple[TestSlotOut, ...]
