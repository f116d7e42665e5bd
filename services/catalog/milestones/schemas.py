"""What milestones look like over HTTP."""

from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from catalog.fields import Deadline
from catalog.history.schemas import PublicReason
from catalog.milestones.rules import MilestoneState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, wrong


class MilestoneContent(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                    "title": "三个闸口完成部署并试运行",
                    "due_at": "2099-06-30T16:00:00Z",
                }
            ]
        }
    )

    project_id: UUID
    title: SeenLine
    due_at: Deadline = Field(description="When it passes unassessed, the project's parties are reminded, once.")


class Rescheduling(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"due_at": "2099-09-30T16:00:00Z", "reason": "设备到货推迟"}]}
    )

    due_at: Deadline
    reason: PublicReason


class Assessment(Frozen):
    """What was found, for everyone to read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "partially_met", "reason": "三个闸口中已有两个投入试运行"}]}
    )

    state: Literal[MilestoneState.MET, MilestoneState.PARTIALLY_MET, MilestoneState.NOT_MET]
    reason: PublicReason | None = Field(None, description="What is missing; needed unless it is met.")

    @model_validator(mode="after")
    def _says_what_is_missing(self) -> Self:
        if self.state != MilestoneState.MET and self.reason is None:
            raise wrong("give a reason: say what is missing", "请在 reason 中说明未达成的部分")
        return self


class MilestoneOut(Frozen):
    """A milestone, as everyone reads it."""

    id: UUID
    version: int
    state: MilestoneState
    project_id: UUID
    owner: OrganisationKey = Field(validation_alias="owner_key")
    title: str
    due_at: Moment
    report: str | None = Field(description="What the lead unit said last of its progress.")
    assessment: str | None
    created_at: Moment
    updated_at: Moment
