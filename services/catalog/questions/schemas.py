"""What questions look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from common.contracts.words import QuestionState
from common.fields import Frozen, Moment, SeenText


class QuestionIn(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "夜间识别的光照条件是多少勒克斯？"}]})

    text: Annotated[SeenText, Field(max_length=4000)]


class AnswerIn(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "闸口夜间照度不低于 30 勒克斯。"}]})

    answer: Annotated[SeenText, Field(max_length=8000)] = Field(description="Everyone reads it.")


class Dismissal(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "与本需求无关"}]})

    reason: Annotated[SeenText, Field(max_length=2000)] = Field(description="The asker alone reads it.")


class QuestionOut(Frozen):
    """A question. Everyone reads it once it is answered, before that its asker and the demand's owner."""

    id: UUID
    demand_id: UUID
    version: int
    state: QuestionState
    text: str
    answer: str | None
    dismissal_reason: str | None
    created_at: Moment
    answered_at: Moment | None
