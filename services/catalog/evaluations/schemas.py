"""What declarations, screening, scores and decisions look like over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from catalog.solicitations.models import Clearance
from common.contracts.words import DeclineCode, SolutionState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, SeenText, Whole, YesOrNo, wrong

SolutionReason = Annotated[SeenText, Field(max_length=2000, description="Its submitter reads it.")]


class Declaration(Frozen):
    """What an evaluator has to say before they see anything. Whoever has ties with a party to a solution sees none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"has_conflict": False, "interests": [], "statement": "与潜在应答方无利益关系"}]
        }
    )

    has_conflict: YesOrNo = Field(description="Whether you would not be impartial, whoever answered.")
    interests: tuple[OrganisationKey, ...] = Field(
        (), max_length=200, description="Organisations that you have ties with; your own is taken to be among them."
    )
    statement: Annotated[SeenText, Field(max_length=2000)] | None = None


class ClearanceOut(Frozen):
    """What came of a declaration: `recused` sees and scores nothing."""

    clearance: Clearance
    conflicts: tuple[OrganisationKey, ...] = Field(description="Parties to a solution among the interests declared.")
    declared_at: Moment


class Completeness(Frozen):
    """Whether a solution is complete in form."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"is_complete": False, "reason": "证明材料与应答条款不符"}]}
    )

    is_complete: YesOrNo
    reason: SolutionReason | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.is_complete and self.reason is None:
            raise wrong("give a reason why it is incomplete", "请说明不完整的理由")
        return self


class ScoreIn(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"points": {"技术指标": 85, "实施条件": 70}, "comment": "指标有第三方报告"}]}
    )

    points: dict[SeenLine, Annotated[Whole, Field(ge=0, le=100)]] = Field(description="0 … 100 for each criterion.")
    comment: Annotated[SeenText, Field(max_length=2000)] | None = None


class ScoreOut(Frozen):
    solution_id: UUID
    evaluator_id: UUID
    points: dict[str, int]
    points_sum: int = Field(description="Points × weight over all criteria, at most 10,000.")
    comment: str | None
    scored_at: Moment


class StandingOut(Frozen):
    """A solution with the scores that the reader may see."""

    solution_id: UUID
    state: SolutionState
    owner: OrganisationKey
    owner_name: str
    points_sum: int
    points_most: int = Field(description="What `points_sum` could be at most: 10,000 for each score.")
    scores: tuple[ScoreOut, ...]


class Standings(BaseModel):
    """All solutions that are complete, best first."""

    items: list[StandingOut]


class Declination(Frozen):
    """A solution that is not chosen, and why."""

    solution_id: UUID
    code: DeclineCode
    reason: SolutionReason


class OthersDeclined(Frozen):
    """Why each solution is declined that stands and is not named."""

    code: DeclineCode
    reason: SolutionReason

    def of(self, solution_id: UUID) -> Declination:
        return Declination(solution_id=solution_id, code=self.code, reason=self.reason)


_Others = Annotated[OthersDeclined | None, Field(description="Left out, each solution that stands is to be named.")]


class Decision(Frozen):
    """Each solution that still stands is among the chosen or the declined."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "chosen": ["01890a5d-ac96-774b-bcce-b302099a8057"],
                    "declined": [
                        {
                            "solution_id": "01890a5d-ac96-774b-bcce-b302099a8058",
                            "code": "lower_score",
                            "reason": "实施条件得分较低",
                        }
                    ],
                }
            ]
        }
    )

    chosen: tuple[UUID, ...] = Field(min_length=1, max_length=500)
    declined: tuple[Declination, ...] = Field((), max_length=500)
    others: _Others = None


class NoneSelected(Frozen):
    """That no solution is selected; each that still stands is declined."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "均未达到硬性指标", "declined": []}]})

    reason: Annotated[SeenText, Field(max_length=2000)] = Field(description="Everyone reads it.")
    declined: tuple[Declination, ...] = Field((), max_length=500)
    others: _Others = None
