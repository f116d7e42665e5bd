"""Who may report what of a match, what state that leaves it in, and what it says of the fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from common.errors import FieldFault, Forbidden, invalid


class MatchOutcome(StrEnum):
    VIEWED = "viewed"
    INTERESTED = "interested"
    DISMISSED = "dismissed"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    VALIDATED = "validated"


class Side(StrEnum):
    """`owner` asked with the demand, `enterprise` offers with the profile."""

    OWNER = "owner"
    ENTERPRISE = "enterprise"


class DismissalReason(StrEnum):
    """Why a match was dismissed."""

    OTHER_FIELD = "other_field"
    REQUIREMENT_UNMET = "requirement_unmet"
    NOT_MATURE = "not_mature"
    ALREADY_SOLVED = "already_solved"
    NO_CAPACITY = "no_capacity"
    TERMS = "terms"
    TIMING = "timing"
    OTHER = "other"


class MatchState(StrEnum):
    """`computed` until somebody reports; whether it was notified is for the deliveries of notify to say."""

    COMPUTED = "computed"
    VIEWED = "viewed"
    INTERESTED = "interested"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    VALIDATED = "validated"
    DISMISSED = "dismissed"


MAY_REPORT: Mapping[Side, frozenset[MatchOutcome]] = {
    Side.ENTERPRISE: frozenset({MatchOutcome.VIEWED, MatchOutcome.INTERESTED, MatchOutcome.DISMISSED}),
    Side.OWNER: frozenset(MatchOutcome) - {MatchOutcome.INTERESTED},
}

GRADES: Mapping[MatchOutcome, int] = {
    MatchOutcome.VIEWED: 1,
    MatchOutcome.INTERESTED: 2,
    MatchOutcome.SHORTLISTED: 3,
    MatchOutcome.SELECTED: 3,
    MatchOutcome.VALIDATED: 3,
}
"""How good a fit must have been for this to happen; a dismissal depends on its reason."""

SAYS_NOTHING_OF_FIT = frozenset(
    {DismissalReason.ALREADY_SOLVED, DismissalReason.NO_CAPACITY, DismissalReason.TERMS, DismissalReason.TIMING}
)
"""A good fit is dismissed for these too, so nothing is learnt from them."""


class SideReport(Protocol):
    """One thing one side reported."""

    @property
    def side(self) -> Side: ...
    @property
    def outcome(self) -> MatchOutcome: ...
    @property
    def reason(self) -> DismissalReason | None: ...


AnyReport = TypeVar("AnyReport", bound=SideReport)


@dataclass(frozen=True)
class ShownMatch:
    """A match as its sides saw it, with what the ranker knew.

    rank              place in the ranking that made it, from 1
    propensity        chance it had of being shown: 1.0 unless it took an exploration slot
    has_one_language  whether demand and profile are written in the same language
    features          the ranker's figures by name
    """

    demand_id: UUID
    demand_version: int
    profile_id: UUID
    profile_version: int
    fit: int
    rank: int
    propensity: float
    has_one_language: bool
    model_id: str
    ranker_version: str
    features: Mapping[str, float]


@dataclass(frozen=True)
class Lesson:
    """What the outcomes of one match say of its fit, 0 … 3."""

    shown: ShownMatch
    grade: int


def side_for(sides: Sequence[Side], outcome: MatchOutcome) -> Side:
    """On which of a caller's sides of a match an outcome is reported; Forbidden when it is the other side's to say."""
    for side in sides:
        if outcome in MAY_REPORT[side]:
            return side
    raise Forbidden(f"Only the other side of the match reports {outcome}", "该进展应由撮合的另一方登记")


def refuse_missing_reason(outcome: MatchOutcome, reason: DismissalReason | None, words: str | None) -> None:
    """A dismissal has a reason, `other` has words too, and nothing else has either."""
    if outcome is not MatchOutcome.DISMISSED:
        if reason is not None:
            detail = f"remove it: only a dismissal has a reason, {outcome} has none"
            raise invalid(FieldFault(detail, "只有“不合适”需要填写理由，请删除", pointer="#/reason"))
    elif reason is None:
        raise invalid(FieldFault("say why it is dismissed", "请说明不合适的理由", pointer="#/reason"))
    elif reason is DismissalReason.OTHER and words is None:
        detail = "the reason `other` needs a few words"
        raise invalid(FieldFault(detail, "理由为“其他”时请作文字说明", pointer="#/reason/text"))


def said_before(
    told: Sequence[AnyReport], side: Side, outcome: MatchOutcome, reason: DismissalReason | None
) -> AnyReport | None:
    """The report, out of all of a match, oldest first, that a new one would only repeat; None when it is news.

    A look is news only while its side has said nothing, anything else unless it was the side's last word.
    """
    mine = [one for one in told if one.side is side]
    if outcome is MatchOutcome.VIEWED:
        return mine[0] if mine else None
    last = _last_words(mine).get(side)
    return last if last is not None and (last.outcome, last.reason) == (outcome, reason) else None


def said_anew(
    told: Sequence[AnyReport], side: Side, outcome: MatchOutcome, reason: DismissalReason | None
) -> list[AnyReport]:
    """The reports that a new one takes the place of: its side said so before, and something else since.

    So a side that changes its mind for ever leaves one report of each kind, and its last word is never lost.
    """
    return [one for one in told if (one.side, one.outcome, one.reason) == (side, outcome, reason)]


def state(told: Sequence[SideReport]) -> MatchState:
    """Where all reports of a match, oldest first, leave it: dismissed when either side's last word is that, otherwise
    as far as either side's last word goes."""
    words = {report.outcome for report in _last_words(told).values()}
    if MatchOutcome.DISMISSED in words:
        return MatchState.DISMISSED
    farthest = [outcome for outcome in MatchOutcome if outcome in words]
    return MatchState(farthest[-1]) if farthest else MatchState.COMPUTED


def telling(told: Sequence[AnyReport]) -> tuple[AnyReport, int] | None:
    """The report that decides what a match teaches, and the grade it gives; None when they say nothing of the fit.

    told  all reports of a match, oldest first

    A side that finds the fit bad decides: the owner knows the demand, the enterprise its own ability. Of two that say
    the same the owner's decides.
    """
    last = _last_words(told)
    reports = [last[side] for side in Side if side in last]
    graded = [(report, grade) for report in reports if (grade := _grade(report)) is not None]
    bad = [one for one in graded if one[1] == 0]
    return max(bad or graded, key=lambda one: one[1], default=None)


def _grade(report: SideReport) -> int | None:
    if report.outcome is MatchOutcome.DISMISSED:
        return None if report.reason in SAYS_NOTHING_OF_FIT else 0
    return GRADES[report.outcome]


def _last_words(told: Iterable[AnyReport]) -> dict[Side, AnyReport]:
    """Each side's newest report; to look again takes nothing back."""
    last: dict[Side, AnyReport] = {}
    for report in told:
        if report.side not in last or report.outcome is not MatchOutcome.VIEWED:
            last[report.side] = report
    return last
