"""What matches, rankings and fits look like over HTTP."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from common.contracts.clauses import Locality
from common.contracts.matcher import Band, ClauseVerdict, MatchSnapshot
from common.contracts.words import DemandKind, Domain
from common.fields import Division, Frozen, OrganisationKey, Text, Whole, wrong
from common.pagination import Page
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.offer import Offer, Track

MOST_SHOWN = 100
"""Differences of a replay that are shown; the others are counted."""


class MatchOut(MatchSnapshot):
    """A match as both its sides see it."""


class Matching(StrEnum):
    """How far the matching of what was asked for has come."""

    PENDING = "pending"
    DONE = "done"
    UNKNOWN = "unknown"


class MatchPage(Page[MatchOut]):
    """Some matches, and what to make of it when there are none.

    `matching` is `pending` while the demand or profile asked for still waits to be matched, also when it changed;
    `done` when an empty list means that nobody fits; `unknown` when no such demand or profile has arrived here (yet).
    """

    matching: Matching
    hint: str | None = Field(description="Of an empty list: what to do next, in the reader's language.")


class FitAsk(Frozen):
    """Either a text in anybody's words, or an offer as a profile states it; nothing of it is stored."""

    text: Text | None = None
    profile: Offer | None = None
    kind: DemandKind | None = Field(None, description="Only demands of this kind; a profile's offer_kind implies it.")
    domain: Domain | None = None
    track: Track | None = None
    division: Division | None = None
    limit: Whole = Field(10, ge=1, le=50, description="Fits to return at most.")
    least_fit: Whole | None = Field(
        None, ge=0, le=100, description="Lowest fit to show; by default that of the weakest band."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.profile is None):
            raise wrong("give either text or profile", "text 与 profile 请填写且只填写一项")
        return self


class DemandFitOut(Frozen):
    """An open demand, how well the asked words fit it, and why."""

    demand_id: UUID
    demand_version: int
    demand_kind: DemandKind
    demand_title: str
    demand_owner: OrganisationKey
    demand_owner_name: str
    domain: Domain
    tracks: tuple[str, ...]
    division: str | None
    locality: Locality | None = Field(description="Only firms of these places are matched, and why.")
    opens_at: datetime | None = Field(description="From when answers are taken; null: from now on.")
    closes_at: datetime | None
    fit: int
    band: Band
    summary: str
    verdicts: tuple[ClauseVerdict, ...]


class FitsOut(Frozen):
    """`fits` are demands worth answering, best first; `nearest` the best that are not, which say what is lacking."""

    least_fit: int
    fits: tuple[DemandFitOut, ...]
    nearest: tuple[DemandFitOut, ...]
    model_id: str
    ranker_version: str


class RankedOut(Frozen):
    """One profile (or demand, in a profile's ranking) that was considered.

    `score` is exact and without the clauses; `fit`, with them, is there for those that were found to be matches.
    """

    rank: int = Field(description="Its place in the list, from 1.")
    id: UUID
    version: int
    score: float
    fit: int | None


class ReadingOut(Frozen):
    """A reply of the second reader about one match: `answers` as they came, each with the `doubt` that kept it out."""

    match_id: UUID
    demand_version: int
    profile_version: int
    model: str
    prompt: str = Field(description="Version of the prompt.")
    answers: tuple[dict[str, object], ...]
    created_at: datetime


class RankingOut(Frozen):
    """The receipt: `digest` is the SHA-256 of the canonical JSON (RFC 8785) of `inputs`."""

    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    subject_version: int
    model_id: str
    ranker_version: str
    digest: str
    inputs: dict[str, object] = Field(
        description="Of those considered, yours alone where you see your own lines alone."
    )
    considered_count: int = Field(description="How many were considered.")
    results: tuple[RankedOut, ...] = Field(description="Best first; your own lines, unless the ranking is for you.")
    readings: tuple[ReadingOut, ...] = Field((), description="What the second reader said of its matches.")
    created_at: datetime


class ReplayDifference(Frozen):
    """One thing that is not as it was: an input that changed, or a place or score that came out differently."""

    what: Literal["subject", "considered", "model", "ranker", "setting", "score", "order", "matches"]
    id: UUID | None = None
    was: str
    now: str


class ReplayOut(Frozen):
    """`difference_count` counts all differences; the first of them are shown."""

    is_identical: bool
    digest: str
    difference_count: int
    differences: Annotated[tuple[ReplayDifference, ...], Field(max_length=MOST_SHOWN)] = ()
