"""The life of a solicitation as a table, and what its terms must satisfy."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from common.contracts.words import DemandState, SolicitationState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move

OPEN, CLOSED = SolicitationState.OPEN, SolicitationState.CLOSED
SCREENING, SHORTLISTED = SolicitationState.SCREENING, SolicitationState.SHORTLISTED
SELECTED, NONE_SELECTED = SolicitationState.SELECTED, SolicitationState.NONE_SELECTED
RESULT_PUBLISHED, CANCELLED = SolicitationState.RESULT_PUBLISHED, SolicitationState.CANCELLED
UNDECIDED = (OPEN, CLOSED, SCREENING, SHORTLISTED)
ALL_POINTS = 100
"""What the weights add up to, and the most points for one criterion."""


class SolicitationAction(StrEnum):
    EXTEND = "extend"
    APPOINT = "appoint"
    CLOSE = "close"
    DECLARE = "declare"
    SCREEN = "screen"
    EXAMINE = "examine"
    SCORE = "score"
    SHORTLIST = "shortlist"
    SELECT = "select"
    FAIL = "fail"
    CONCLUDE = "conclude"
    REMIND = "remind"
    CANCEL = "cancel"


class SolicitationParty(StrEnum):
    """`clock` is the background work at the deadline and before the promised date."""

    OWNER = "owner"
    EVALUATOR = "evaluator"
    CLOCK = "clock"


_Do = SolicitationAction
_OWNER, _CLOCK = frozenset({SolicitationParty.OWNER}), frozenset({SolicitationParty.CLOCK})
_EVALUATOR = frozenset({SolicitationParty.EVALUATOR})

LIFE = Lifecycle(
    Label("solicitation", "征集"),
    moves=(
        Move(OPEN, _Do.EXTEND, OPEN, _OWNER),
        Move(OPEN, _Do.APPOINT, OPEN, _OWNER),
        Move(OPEN, _Do.CLOSE, CLOSED, _CLOCK),
        Move(CLOSED, _Do.APPOINT, CLOSED, _OWNER),
        Move(CLOSED, _Do.DECLARE, CLOSED, _EVALUATOR),
        Move(CLOSED, _Do.SCREEN, SCREENING, _OWNER),
        Move(SCREENING, _Do.APPOINT, SCREENING, _OWNER),
        Move(SCREENING, _Do.DECLARE, SCREENING, _EVALUATOR),
        Move(SCREENING, _Do.EXAMINE, SCREENING, _OWNER),
        Move(SCREENING, _Do.SCORE, SCREENING, _EVALUATOR),
        Move(SCREENING, _Do.SHORTLIST, SHORTLISTED, _OWNER),
        Move(SCREENING, _Do.FAIL, NONE_SELECTED, _OWNER),
        Move(SHORTLISTED, _Do.SCORE, SHORTLISTED, _EVALUATOR),
        Move(SHORTLISTED, _Do.SELECT, SELECTED, _OWNER),
        Move(SHORTLISTED, _Do.FAIL, NONE_SELECTED, _OWNER),
        Move(SELECTED, _Do.CONCLUDE, RESULT_PUBLISHED, _OWNER),
        Move(NONE_SELECTED, _Do.CONCLUDE, RESULT_PUBLISHED, _OWNER),
        *(Move(state, _Do.REMIND, state, _CLOCK) for state in UNDECIDED),
        *(Move(state, _Do.CANCEL, CANCELLED, _OWNER) for state in UNDECIDED),
    ),
    states={
        OPEN: "征集中",
        CLOSED: "已截止",
        SCREENING: "审查评分中",
        SHORTLISTED: "已入围",
        SELECTED: "已选定",
        NONE_SELECTED: "无选定",
        RESULT_PUBLISHED: "结果已公布",
        CANCELLED: "已取消",
    },
    actions={
        _Do.EXTEND: Label("extended", "延期"),
        _Do.APPOINT: Label("given evaluators", "指定评审人"),
        _Do.CLOSE: Label("closed", "截止"),
        _Do.DECLARE: Label("declared upon", "申报利益关系"),
        _Do.SCREEN: Label("screened", "开始审查"),
        _Do.EXAMINE: Label("examined for completeness", "审查方案"),
        _Do.SCORE: Label("scored", "评分"),
        _Do.SHORTLIST: Label("shortlisted", "确定入围"),
        _Do.SELECT: Label("decided", "选定"),
        _Do.FAIL: Label("ended without a selection", "宣布无选定"),
        _Do.CONCLUDE: Label("concluded", "公布结果"),
        _Do.REMIND: Label("reminded of", "提醒"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        SolicitationParty.OWNER: Label("the demand's owner", "需求方"),
        SolicitationParty.EVALUATOR: Label("an evaluator", "评审人"),
        SolicitationParty.CLOCK: Label("the clock", "系统定时"),
    },
)


class Weighted(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def weight(self) -> int: ...


class SolicitationTerms(Protocol):
    """What an owner says of a solicitation that must agree."""

    @property
    def criteria(self) -> Sequence[Weighted]: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def decide_by(self) -> datetime: ...


def refuse_faulty(terms: SolicitationTerms, at: datetime) -> None:
    """Raises InvalidInput naming every field that cannot be accepted."""
    faults = (*_criteria_faults(terms.criteria), *date_faults(terms.closes_at, terms.decide_by, at))
    if faults:
        raise invalid(*faults)


def _criteria_faults(criteria: Sequence[Weighted]) -> Iterator[FieldFault]:
    total = sum(one.weight for one in criteria)
    if total != ALL_POINTS:
        yield FieldFault(
            f"give weights that add up to {ALL_POINTS}; these come to {total}",
            f"各项权重之和应为 {ALL_POINTS}，现为 {total}",
            pointer="#/criteria",
        )
    counted = Counter(one.name for one in criteria)
    for place, one in enumerate(criteria):
        if counted[one.name] > 1:
            yield FieldFault("name each criterion once", "评分标准名称不能重复", pointer=f"#/criteria/{place}/name")


def date_faults(closes_at: datetime, decide_by: datetime, after: datetime) -> Iterator[FieldFault]:
    """after  what the deadline must come after"""
    if closes_at <= after:
        yield FieldFault(f"give a time after {after.isoformat()}", f"应晚于 {after.isoformat()}", pointer="#/closes_at")
    if decide_by <= closes_at:
        yield FieldFault("give a time after closes_at", "应晚于 closes_at", pointer="#/decide_by")


def remind_at(decide_by: datetime, remind_days: int) -> datetime:
    return decide_by - timedelta(days=remind_days)


def refuse_unpublished(state: DemandState) -> None:
    """Raises NotAllowedNow unless solutions to a demand may be called for."""
    if state is not DemandState.PUBLISHED:
        raise NotAllowedNow(
            f"The demand is {state}; solutions are called for while it is published",
            "仅可在需求处于“已发布”状态时征集解决方案",
        )


def refuse_second(standing: object | None) -> None:
    """Raises NotAllowedNow when a demand has a solicitation that was not cancelled."""
    if standing is not None:
        raise NotAllowedNow(
            f"The demand has a solicitation, {standing}; cancel it before you open another",
            f"该需求已有征集 {standing}，如需另行征集请先取消",
        )


def refuse_after(closes_at: datetime, at: datetime) -> None:
    """Raises NotAllowedNow once the deadline has passed, whether or not the clock has closed the solicitation yet."""
    if closes_at <= at:
        raise NotAllowedNow(
            f"The deadline {closes_at.isoformat()} has passed; nothing changes any more",
            f"征集已于 {closes_at.isoformat()} 截止，不能再作更改",
        )


def refuse_stranger(parties: Collection[SolicitationParty]) -> None:
    """Raises Forbidden when a caller is neither owner nor evaluator."""
    if not parties:
        raise Forbidden(
            "Only the demand's owner and those it named to evaluate may do that",
            "仅需求方及其指定的评审人可以进行此操作",
        )
