"""What matcher announces: a match, with the reasons a person can check."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.clauses import ClauseKind, Locality
from common.contracts.envelope import Event, TolerantModel
from common.contracts.words import DemandKind, Domain
from common.fields import Frozen, Moment, OrganisationKey
from common.vocabulary import Vocabulary


class OfferKind(Vocabulary):
    SOLUTION = "solution"
    RESEARCH = "research"
    CAPITAL = "capital"
    PILOT_SERVICE = "pilot_service"


OFFER_FOR: dict[DemandKind, OfferKind] = {
    DemandKind.SCENARIO: OfferKind.SOLUTION,
    DemandKind.CHALLENGE: OfferKind.RESEARCH,
    DemandKind.FINANCING: OfferKind.CAPITAL,
    DemandKind.PILOT: OfferKind.PILOT_SERVICE,
}
"""Which kind of offer answers which kind of demand."""


class Band(Vocabulary):
    """How well a fit is, as a person says it."""

    STRONG = "强"
    FAIR = "较强"
    WEAK = "弱"
    NONE = "无"


class Outcome(Vocabulary):
    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class Span(Frozen):
    """A piece of a named text: `text == source[start:end]`, offsets in Unicode code points."""

    source: str = Field(examples=["need", "clauses/2", "items/0", "summary"])
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class Quoted(Frozen):
    """`found` is quoted from the profile, `missing` from the clause; what a reason does not quote is empty."""

    found: str = ""
    missing: str = ""


class SecondReading(Frozen):
    """What a language model read of a clause that the rules left open. It changes neither the outcome nor the fit.

    Its quote stands in the profile, and figures in it were compared by the rules; that it is to the point, a person has
    to check.
    """

    model: str
    outcome: Outcome
    profile_span: Span
    reason: str
    code: str = Field(examples=["read_met"])


class CitedValidation(Frozen):
    """An accepted validation that a verdict rests on. `result_sha256` is of the document that the host signed; catalog
    says at `verification` what the signature is worth now, and `python -m catalog verify` does without catalog."""

    id: UUID
    host: OrganisationKey
    host_name: str
    result_sha256: str
    verification: str = Field(examples=["/v1/validations/0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001/verification"])


class ClauseVerdict(Frozen):
    """What is said of one clause, and the words on both sides it is said from.

    `reason` is in the language of the demand; `code` and `quoted` say the same to whoever words it otherwise.
    """

    clause: int = Field(ge=0, description="Position of the clause in the demand, from 0.")
    kind: ClauseKind
    is_hard: bool
    outcome: Outcome
    demand_span: Span
    profile_span: Span | None = None
    reason: str
    code: str = Field(
        "",
        description="The reason as a word; empty when none was kept. Of what was found and could not be confirmed it "
        "is `looks_met` or `looks_missed`.",
        examples=["figure_meets"],
    )
    quoted: Quoted = Field(Quoted(), description="What the reason quotes.")
    second: SecondReading | None = Field(
        None, description="Of a clause without enough evidence: what a second reader makes of it, where there is one."
    )
    validation: CitedValidation | None = Field(
        None, description="Where it was measured; `profile_span` is then in the words of that result."
    )


class MatchSnapshot(TolerantModel):
    id: UUID
    version: int = Field(ge=1)
    demand_id: UUID
    demand_version: int
    demand_kind: DemandKind
    demand_title: str
    demand_owner: OrganisationKey
    demand_owner_name: str
    domain: Domain
    tracks: tuple[str, ...]
    division: str | None
    locality: Locality | None = Field(None, description="Only firms of these places are matched, and why.")
    profile_id: UUID
    profile_version: int
    profile_headline: str
    profile_organisation: OrganisationKey
    profile_organisation_name: str
    fit: int = Field(ge=0, le=100)
    band: Band
    summary: str = Field(examples=["3 项满足，1 项证据不足，缺 1 项"])
    verdicts: tuple[ClauseVerdict, ...]
    ranking_id: UUID
    is_current: bool
    computed_at: Moment


class MatchEvent(Event):
    stream: ClassVar[str] = "MATCHER"
    match: MatchSnapshot

    def about(self) -> str:
        return str(self.match.id)


class MatchComputed(MatchEvent):
    """A fit crossed the threshold, or an announced one changed."""

    type: ClassVar[str] = "matcher.match.computed"


class MatchLapsed(MatchEvent):
    """An announced match no longer holds: the demand ended, or either side changed."""

    type: ClassVar[str] = "matcher.match.lapsed"
