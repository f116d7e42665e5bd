"""What the owner of a demand is told about its matching."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from common.contracts.clauses import Clause
from common.contracts.matcher import Band, ClauseVerdict, Span
from common.contracts.words import DemandKind, DemandState
from common.fields import Frozen, Line, Moment, OrganisationKey, Text, Whole
from matcher.engine.clauses.specificity import Advice, Level


class NearOut(Frozen):
    """A profile near to a demand that did not become its match, with what it lacks."""

    profile_id: UUID
    profile_version: int
    profile_headline: str
    profile_organisation: OrganisationKey
    profile_organisation_name: str
    fit: int
    band: Band
    summary: str
    verdicts: tuple[ClauseVerdict, ...]


class NearestOut(Frozen):
    """Best first. `least_fit` is what a match needs."""

    demand_id: UUID
    demand_version: int
    least_fit: int
    nearest: tuple[NearOut, ...]


_UNREAD = frozenset(
    [
        "id",
        "version",
        "state",
        "owner",
        "owner_name",
        "domain",
        "tracks",
        "division",
        "locality",
        "budget_min_fen",
        "currency",
        "opens_at",
        "procurement_route",
        "docking",
        "policies",
        "policy_ids",
        "linked_policies",
        "contact",
        "published_at",
        "amendment_reason",
        "withdrawal_reason",
        "state_reason",
        "merged_into",
        "review_comments",
        "copied_from",
        "created_at",
        "updated_at",
        "same_as",
        "review",
    ]
)
"""What a draft has beside, as catalog takes and shows it: a review looks at none of it, whatever it says."""


class DraftIn(Frozen):
    """A demand as far as it is written, before it is submitted. The body that was sent to catalog, or its reply, will
    do: what a review does not look at is left aside."""

    kind: DemandKind = DemandKind.SCENARIO
    title: Line
    need: Text
    clauses: Annotated[tuple[Clause, ...], Field(max_length=100)] = ()
    budget_max_fen: Annotated[Whole, Field(ge=0)] | None = None
    closes_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_far_as_it_is_read(cls, said: object) -> object:
        return {name: each for name, each in said.items() if name not in _UNREAD} if isinstance(said, dict) else said


class FoundClauseOut(Frozen):
    """A clause read from the need, for the owner to confirm or correct."""

    clause: Clause
    kind_label: str = Field(examples=["性能"])
    span: Span


class AdviceOut(Frozen):
    code: Advice
    zh: str
    en: str


class SpecificityOut(Frozen):
    """How tailored the demand is, 0 (通用) to 100 (高端化、定制化), and what would make it more so."""

    score: int = Field(ge=0, le=100)
    level: Level
    level_label: str
    advice: tuple[AdviceOut, ...]


class TwinOut(Frozen):
    """A demand that says largely the same. `likeness` is 0 … 100, `shared` are the longest common passages.

    `state` is published while it takes answers; another says what became of it, as it may have been solved.
    """

    demand_id: UUID
    kind: DemandKind
    state: DemandState
    title: str
    owner: OrganisationKey
    owner_name: str
    division: str | None
    published_at: Moment | None
    closes_at: Moment | None
    likeness: int = Field(ge=0, le=100)
    shared: tuple[str, ...]


class ReviewOut(Frozen):
    """What is read in a draft. Nothing here blocks, and nothing is stored."""

    clauses_found: tuple[FoundClauseOut, ...]
    specificity: SpecificityOut
    twins: tuple[TwinOut, ...]


class TwinsOut(Frozen):
    twins: tuple[TwinOut, ...]


class ConsortiaAsk(Frozen):
    limit: Whole = Field(5, ge=1, le=20, description="Groups at most.")
    max_size: Whole = Field(4, ge=1, le=6, description="Firms in one group at most.")


class MemberOut(Frozen):
    """A profile of one firm of a group and the binding clauses it satisfies, with the words on both sides.

    A firm that needs two of its profiles for that stands there twice, and counts once.
    """

    profile_id: UUID
    profile_headline: str
    organisation: OrganisationKey
    organisation_name: str
    fit: int
    covers: tuple[ClauseVerdict, ...]


class ConsortiumOut(Frozen):
    fit: int = Field(description="Mean fit of the members.")
    members: tuple[MemberOut, ...]


class UncoveredOut(Frozen):
    clause: int
    text: str


class ConsortiaOut(Frozen):
    """The smallest groups that satisfy every binding clause that anybody satisfies; `uncovered` are the rest."""

    demand_id: UUID
    demand_version: int
    binding_count: int
    uncovered: tuple[UncoveredOut, ...]
    consortia: tuple[ConsortiumOut, ...]
