"""What awards look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline, Fen
from common.contracts.words import AwardState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText, Whole, YesOrNo

EXAMPLE: JsonDict = {
    "demand_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "title": "岸桥减速箱早期故障识别",
    "indicators": [
        {"name": "故障识别率", "target": "不低于 95%", "method": "现场三个月运行数据"},
        {"name": "误报", "target": "每台每月不多于一次", "method": "同上"},
    ],
    "amount_fen": 50000000,
    "due_at": "2099-12-31T16:00:00Z",
}


class Indicator(Frozen):
    """What decides acceptance, and how it is measured."""

    name: SeenLine
    target: SeenLine
    method: SeenLine


class AwardContent(Frozen):
    """What must be reached by when, and the reward for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    demand_id: UUID = Field(description="A published demand of kind challenge, of one's own.")
    title: SeenLine
    indicators: tuple[Indicator, ...] = Field(min_length=1, max_length=20)
    amount_fen: Annotated[Fen, Field(gt=0)]
    due_at: Deadline = Field(description="By then it must be delivered.")


class IndicatorResult(Frozen):
    """What was reached of one indicator."""

    indicator: Annotated[Whole, Field(ge=0, le=19)] = Field(description="Its place in the award, from 0.")
    result: Annotated[SeenText, Field(max_length=2000)]


class AwardDelivery(Frozen):
    """What the solver says was reached of each indicator; private until it is accepted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"results": [{"indicator": 0, "result": "96.2%"}, {"indicator": 1, "result": "零次"}]}]
        }
    )

    results: tuple[IndicatorResult, ...] = Field(min_length=1, max_length=20)


class IndicatorJudgement(Frozen):
    """What the setter found of one indicator."""

    indicator: Annotated[Whole, Field(ge=0, le=19)]
    is_met: YesOrNo


class AwardAcceptance(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"judgements": [{"indicator": 0, "is_met": True}, {"indicator": 1, "is_met": True}]}]
        }
    )

    judgements: tuple[IndicatorJudgement, ...] = Field(min_length=1, max_length=20)


class AwardOut(Frozen):
    """An award. Its `results` are for setter and solver, and for everyone once they were accepted."""

    id: UUID
    version: int
    state: AwardState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    demand_id: UUID
    title: str
    indicators: tuple[Indicator, ...]
    amount_fen: int
    due_at: Moment
    solver: OrganisationKey | None
    solver_name: str | None
    results: tuple[IndicatorResult, ...] | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
