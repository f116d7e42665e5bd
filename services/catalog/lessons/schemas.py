"""What lessons look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from catalog.lessons.rules import LessonState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText

Tag = Annotated[SeenLine, Field(max_length=40)]


class LessonContent(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                    "title": "先改造一个闸口再推广",
                    "text": "先在一个闸口连续运行三十天，核对误报样本后再推广，返工最少。",
                    "tags": ["闸口改造", "试运行"],
                }
            ]
        }
    )

    project_id: UUID
    title: SeenLine
    text: SeenText
    tags: tuple[Tag, ...] = Field((), max_length=10)


class LessonOut(Frozen):
    """A lesson, as everyone reads it."""

    id: UUID
    version: int
    state: LessonState
    project_id: UUID
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    title: str
    text: str
    tags: tuple[str, ...]
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
