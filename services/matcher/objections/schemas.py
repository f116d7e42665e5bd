"""What objections look like over HTTP: to everyone, and to those whom they concern."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from common.contracts.objections import ObjectionState, ObjectionSubject
from common.fields import Frozen, Moment, OrganisationKey, SeenText
from matcher.objections.rules import ObjectionAction

MOST_RECEIPTS = 20
Written = Annotated[SeenText, Field(min_length=10, max_length=4000)]


class ObjectionIn(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "ranking",
                    "demand_id": "0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001",
                    "statement": "本单位画像所列指标逐条满足要求，未进入撮合名单，请复核该次排序。",
                }
            ]
        }
    )

    subject: ObjectionSubject
    demand_id: UUID = Field(description="The demand whose ranking, entry or fairness it is about.")
    list_id: UUID | None = Field(None, description="Of a list_entry: the list.")
    ranking_ids: tuple[UUID, ...] = Field(
        (),
        max_length=MOST_RECEIPTS,
        description="Receipts that it rests on. Of a ranking, those of the demand or that considered it; if none is "
        "of the demand, its last one is added.",
    )
    statement: Written = Field(description="What is wrong, and why: for those who handle and decide it.")


class ObjectionAnswerIn(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "已重算该次排序，结果一致，见收据。"}]})

    answer: Written = Field(description="For who objects.")


class DecisionIn(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "经重算，名次与收据一致，未发现不当，异议不成立。"}]}
    )

    decision: Written = Field(description="With its reasons, for everyone to read: no person, and not who objects.")


class ObjectionOut(Frozen):
    """An objection as everyone reads it: neither who objects nor what was written, but for the decision."""

    id: UUID
    version: int
    state: ObjectionState
    subject: ObjectionSubject
    demand_id: UUID
    list_id: UUID | None
    filed_at: Moment
    due_on: date | None = Field(description="The last day for the next step, Asia/Shanghai; null once it is over.")
    is_provisional: bool = Field(description="Whether holidays that are not published yet may move it.")
    is_overdue: bool
    decision: str | None
    ended_at: Moment | None


class NamedReceiptOut(Frozen):
    """A receipt, with its digest when the objection was filed."""

    ranking_id: UUID
    digest: str
    replay: str | None = Field(
        examples=["/v1/rankings/0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001/replay"],
        description="`POST` to it computes the ranking again. Null for who objects and was not shown in it: auditors "
        "replay it then.",
    )


class OwnObjectionOut(ObjectionOut):
    """For who objects, operators, reviewers and auditors."""

    objector: OrganisationKey
    objector_name: str
    statement: str
    receipts: tuple[NamedReceiptOut, ...]
    answer: str | None
    allowed: tuple[ObjectionAction, ...] = Field(description="What the caller may do now.")
