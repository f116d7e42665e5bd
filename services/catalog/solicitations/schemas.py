"""What solicitations look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline
from catalog.history.schemas import PublicReason
from catalog.solicitations.models import Clearance, ScoresShown
from common.contracts.clauses import Clause
from common.contracts.solicitations import SolicitationResult
from common.contracts.words import SolicitationState
from common.fields import Frozen, Line, Moment, OrganisationKey, SeenLine, SeenText, Whole

EXAMPLE: JsonDict = {
    "demand_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "note": "一页纸说明方案与实施条件，逐条应答硬性条款并附证明材料。",
    "criteria": [{"name": "技术指标", "weight": 60}, {"name": "实施条件", "weight": 40}],
    "closes_at": "2100-01-31T16:00:00Z",
    "decide_by": "2100-03-01T16:00:00Z",
    "scores_shown": "selected",
}


class Criterion(Frozen):
    """What solutions are scored by. A score is 0 … 100 points, and counts as often as the weight says."""

    name: SeenLine
    weight: Annotated[Whole, Field(ge=1, le=100)]


class SolicitationContent(Frozen):
    """The terms of a call on a demand of the caller's."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    demand_id: UUID = Field(description="A published demand; its clauses as they are now are what is answered.")
    note: Annotated[SeenText, Field(max_length=4000)] | None = Field(None, description="What a solution should say.")
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=20, description="Their weights add up to 100.")
    closes_at: Deadline = Field(description="Until when solutions are taken, changed and withdrawn.")
    decide_by: Deadline = Field(description="The promised date of the decision, for everyone to see.")
    remind_days: Annotated[Whole, Field(ge=0, le=60)] = Field(
        3, description="Days before `decide_by` at which the owner is reminded; once more when it passes undecided."
    )
    scores_needed: Annotated[Whole, Field(ge=1, le=20)] = Field(
        2, description="From how many evaluators a solution needs scores before it is shortlisted or declined for them."
    )
    scores_shown: ScoresShown = Field(
        ScoresShown.SELECTED, description="Of which solutions the published result tells who, what and the score."
    )


class Extension(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"closes_at": "2100-02-28T16:00:00Z", "reason": "应多家企业要求延长"}]}
    )

    closes_at: Deadline
    decide_by: Deadline | None = Field(None, description="Left out, the promised date stays.")
    reason: PublicReason


class Cancellation(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "项目计划调整"}]})

    reason: PublicReason


class EvaluatorIn(Frozen):
    """Somebody by the token they will come with."""

    organisation: OrganisationKey
    subject: Annotated[Line, Field(max_length=200)] = Field(description="`sub` of their token.")
    name: SeenLine


class Panel(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "evaluators": [
                        {
                            "organisation": {"scheme": "uscc", "code": "91370200264574251E"},
                            "subject": "uscc:91370200264574251E",
                            "name": "示例评审人",
                        }
                    ]
                }
            ]
        }
    )

    evaluators: tuple[EvaluatorIn, ...] = Field(min_length=1, max_length=50)


class EvaluatorOut(Frozen):
    id: UUID
    scheme: str
    code: str
    subject: str
    name: str
    clearance: Clearance
    declared_at: Moment | None


class SolicitationOut(Frozen):
    """A solicitation as everyone may see it."""

    id: UUID
    version: int
    demand_id: UUID
    demand_version: int
    state: SolicitationState
    owner: OrganisationKey
    owner_name: str
    title: str
    note: str | None
    clauses: tuple[Clause, ...]
    criteria: tuple[Criterion, ...]
    closes_at: Moment
    decide_by: Moment
    scores_needed: int
    scores_shown: ScoresShown
    solutions_count: int | None = Field(description="Null while solutions are taken.")
    state_reason: str | None
    result: SolicitationResult | None = Field(description="Null until it is published.")
    created_at: Moment
    updated_at: Moment


class OwnSolicitationOut(SolicitationOut):
    """A solicitation as its owner sees it, with those named to evaluate."""

    evaluators: tuple[EvaluatorOut, ...]
