"""Who may report what of a match, what state that leaves it in, and what it says of the fit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from common.contracts.dockings import Side
from common.errors import FieldFault, Forbidden, invalid
from common.lifecycle import Label, Lifecycle, Move


class MatchOutcome(StrEnum):
    VIEWED = "viewed"
    INTERESTED = "interested"
    DISMISSED = "dismissed"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    VALIDATED = "validated"


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
    """`computed` until the broker has its announcement, `notified` until somebody reports. Whom that reached, the
    deliveries of notify say."""

    COMPUTED = "computed"
    NOTIFIED = "notified"
    VIEWED = "viewed"
    INTERESTED = "interested"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    VALIDATED = "validated"
    DISMISSED = "dismissed"


MAY_REPORT: Mapping[Side, frozenset[MatchOutcome]] = {
    Side.ENTERPRISE: frozenset({MatchOutcome.VIEWED, MatchOutcome.INTERESTED, MatchOutcome.DISMISSED}),
    Side.OWNER: frozenset(MatchOutcome),
}


class MatchAction(StrEnum):
    ANNOUNCE = "announce"
    VIEW = "view"
    EXPRESS_INTEREST = "express_interest"
    DISMISS = "dismiss"
    SHORTLIST = "shortlist"
    SELECT = "select"
    VALIDATE = "validate"


class MatchParty(StrEnum):
    """`dismisser` is the side whose dismissal alone stands; `relay` hands announcements to the broker."""

    RELAY = "relay"
    OWNER = "owner"
    ENTERPRISE = "enterprise"
    DISMISSER = "dismisser"


ACTION_OF: Mapping[MatchOutcome, MatchAction] = {
    MatchOutcome.VIEWED: MatchAction.VIEW,
    MatchOutcome.INTERESTED: MatchAction.EXPRESS_INTEREST,
    MatchOutcome.DISMISSED: MatchAction.DISMISS,
    MatchOutcome.SHORTLISTED: MatchAction.SHORTLIST,
    MatchOutcome.SELECTED: MatchAction.SELECT,
    MatchOutcome.VALIDATED: MatchAction.VALIDATE,
}
_RELAY = frozenset({MatchParty.RELAY})
_SIDES = frozenset({MatchParty.OWNER, MatchParty.ENTERPRISE})
_OWNER = frozenset({MatchParty.OWNER})
_DISMISSER = frozenset({MatchParty.DISMISSER})
_PROGRESS = tuple(MatchState(outcome) for outcome in MatchOutcome if outcome is not MatchOutcome.DISMISSED)
"""From the first look to the proof."""


def _moves() -> Iterator[Move[MatchState, MatchAction, MatchParty]]:
    """Who says less than was said leaves the match as far as it was; a dismissal holds until it is taken back."""
    yield Move(MatchState.COMPUTED, MatchAction.ANNOUNCE, MatchState.NOTIFIED, _RELAY)
    for state in (MatchState.COMPUTED, MatchState.NOTIFIED, *_PROGRESS, MatchState.DISMISSED):
        is_over = state is MatchState.DISMISSED
        for outcome, action in ACTION_OF.items():
            said = MatchState(outcome)
            is_look = outcome in (MatchOutcome.VIEWED, MatchOutcome.DISMISSED)
            farther = _PROGRESS.index(state) if state in _PROGRESS else -1
            to = state if said in _PROGRESS and _PROGRESS.index(said) < farther else said
            by = _SIDES if is_look or outcome is MatchOutcome.INTERESTED else _OWNER
            if is_over and not is_look:
                yield Move(state, action, said, _DISMISSER)
            else:
                yield Move(state, action, state if is_over else to, by)


LIFE = Lifecycle(
    Label("match", "撮合"),
    moves=tuple(_moves()),
    states={
        MatchState.COMPUTED: "已计算",
        MatchState.NOTIFIED: "已通知",
        MatchState.VIEWED: "已查看",
        MatchState.INTERESTED: "感兴趣",
        MatchState.SHORTLISTED: "已入围",
        MatchState.SELECTED: "已选定",
        MatchState.VALIDATED: "已验证",
        MatchState.DISMISSED: "不合适",
    },
    actions={
        MatchAction.ANNOUNCE: Label("announced", "通知"),
        MatchAction.VIEW: Label("viewed", "查看"),
        MatchAction.EXPRESS_INTEREST: Label("marked as of interest", "表示感兴趣"),
        MatchAction.DISMISS: Label("dismissed", "标为不合适"),
        MatchAction.SHORTLIST: Label("shortlisted", "列入入围"),
        MatchAction.SELECT: Label("selected", "选定"),
        MatchAction.VALIDATE: Label("validated", "验证"),
    },
    parties={
        MatchParty.RELAY: Label("the relay", "通知程序"),
        MatchParty.OWNER: Label("the demand's owner", "需求方"),
        MatchParty.ENTERPRISE: Label("the enterprise", "供给方"),
        MatchParty.DISMISSER: Label("the side that dismissed it", "标为不合适的一方"),
    },
)


def parties(side: Side, told: Sequence["SideReport"]) -> frozenset[MatchParty]:
    """What a side of a match is, by all reports of it, oldest first."""
    dismissed = {each for each, word in _last_words(told).items() if word.outcome is MatchOutcome.DISMISSED}
    return frozenset({MatchParty(side), MatchParty.DISMISSER} if dismissed == {side} else {MatchParty(side)})


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
