"""The life of an award, what it stands on, and what its results must cover."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.contracts.words import AwardState, DemandKind, DemandState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role

PUBLISHED, CLAIMED, TACKLING = AwardState.PUBLISHED, AwardState.CLAIMED, AwardState.TACKLING
DELIVERED, ACCEPTED, REWARDED = AwardState.DELIVERED, AwardState.ACCEPTED, AwardState.REWARDED
FAILED, EXPIRED, WITHDRAWN = AwardState.FAILED, AwardState.EXPIRED, AwardState.WITHDRAWN


class AwardAction(StrEnum):
    CLAIM = "claim"
    START = "start"
    RELEASE = "release"
    DELIVER = "deliver"
    ACCEPT = "accept"
    REWARD = "reward"
    FAIL = "fail"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


class AwardParty(StrEnum):
    """A `candidate` may take it on; `grantor` is who rewards on behalf of the government."""

    SETTER = "setter"
    SOLVER = "solver"
    CANDIDATE = "candidate"
    GRANTOR = "grantor"
    CLOCK = "clock"


_Do = AwardAction
_SETTER, _SOLVER = frozenset({AwardParty.SETTER}), frozenset({AwardParty.SOLVER})
_CANDIDATE, _GRANTOR = frozenset({AwardParty.CANDIDATE}), frozenset({AwardParty.GRANTOR})
_CLOCK = frozenset({AwardParty.CLOCK})

LIFE = Lifecycle(
    Label("award", "揭榜奖题"),
    moves=(
        Move(PUBLISHED, _Do.CLAIM, CLAIMED, _CANDIDATE),
        Move(PUBLISHED, _Do.WITHDRAW, WITHDRAWN, _SETTER),
        Move(PUBLISHED, _Do.EXPIRE, EXPIRED, _CLOCK),
        Move(CLAIMED, _Do.START, TACKLING, _SETTER),
        Move(CLAIMED, _Do.RELEASE, PUBLISHED, _SETTER | _SOLVER),
        Move(CLAIMED, _Do.EXPIRE, EXPIRED, _CLOCK),
        Move(TACKLING, _Do.DELIVER, DELIVERED, _SOLVER),
        Move(TACKLING, _Do.RELEASE, PUBLISHED, _SOLVER),
        Move(TACKLING, _Do.FAIL, FAILED, _SETTER),
        Move(TACKLING, _Do.EXPIRE, EXPIRED, _CLOCK),
        Move(DELIVERED, _Do.ACCEPT, ACCEPTED, _SETTER),
        Move(DELIVERED, _Do.FAIL, FAILED, _SETTER),
        Move(ACCEPTED, _Do.REWARD, REWARDED, _GRANTOR),
    ),
    states={
        PUBLISHED: "已发榜",
        CLAIMED: "已揭榜",
        TACKLING: "攻关中",
        DELIVERED: "已交付",
        ACCEPTED: "已验收",
        REWARDED: "已奖励",
        FAILED: "未通过",
        EXPIRED: "已逾期",
        WITHDRAWN: "已撤回",
    },
    actions={
        _Do.CLAIM: Label("claimed", "揭榜"),
        _Do.START: Label("started", "开始攻关"),
        _Do.RELEASE: Label("released", "解除揭榜"),
        _Do.DELIVER: Label("delivered", "交付"),
        _Do.ACCEPT: Label("accepted", "验收"),
        _Do.REWARD: Label("rewarded", "奖励"),
        _Do.FAIL: Label("failed", "判定未通过"),
        _Do.EXPIRE: Label("ended by its deadline", "到期终止"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        AwardParty.SETTER: Label("who set it", "出题方"),
        AwardParty.SOLVER: Label("its solver", "揭榜方"),
        AwardParty.CANDIDATE: Label("another organisation with the role enterprise", "具有 enterprise 角色的其他单位"),
        AwardParty.GRANTOR: Label(
            "a subsidy_officer of neither organisation", "与双方无关且具有 subsidy_officer 角色的单位"
        ),
        AwardParty.CLOCK: Label("the clock", "系统定时"),
    },
)

SETTLED = frozenset({ACCEPTED, REWARDED})
"""Everyone reads the results."""
RUNNING = frozenset({PUBLISHED, CLAIMED, TACKLING})
"""The deadline is still to be kept."""


def parties(roles: Collection[str], *, is_setter: bool, is_solver: bool) -> frozenset[AwardParty]:
    """All that a caller is to an award: neither its setter nor its solver rewards it."""
    found = (
        (is_setter, AwardParty.SETTER),
        (is_solver, AwardParty.SOLVER),
        (Role.ENTERPRISE in roles and not is_setter, AwardParty.CANDIDATE),
        (Role.SUBSIDY_OFFICER in roles and not is_setter and not is_solver, AwardParty.GRANTOR),
    )
    return frozenset(party for applies, party in found if applies)


def refuse_demand(kind: DemandKind, state: DemandState) -> None:
    """Raises InvalidInput unless a demand is a challenge that is open."""
    if kind is not DemandKind.CHALLENGE or state is not DemandState.PUBLISHED:
        raise invalid(
            FieldFault(
                "give the id of a published demand of kind challenge",
                "请填写已发布的 challenge 类需求的 id",
                pointer="#/demand_id",
            )
        )


def refuse_passed(due_at: datetime, at: datetime) -> None:
    """Raises InvalidInput for a deadline that lies in the past."""
    if due_at <= at:
        raise invalid(FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer="#/due_at"))


def refuse_late(due_at: datetime, at: datetime) -> None:
    """Raises NotAllowedNow once the deadline has passed, also before the clock has struck."""
    if due_at <= at:
        raise NotAllowedNow(f"Its deadline {due_at.isoformat()} has passed", f"截止时间 {due_at.isoformat()} 已过")


class Result(Protocol):
    @property
    def indicator(self) -> int: ...


class Judgement(Result, Protocol):
    @property
    def is_met(self) -> bool: ...


def refuse_uncovered(results: Sequence[Result], indicators_count: int, field: str) -> None:
    """Raises InvalidInput unless each indicator is told of once.

    field  of the request that holds the results
    """
    if faults := tuple(_faults(results, indicators_count, field)):
        raise invalid(*faults)


def _faults(results: Sequence[Result], indicators_count: int, field: str) -> Iterator[FieldFault]:
    counted = Counter(one.indicator for one in results)
    for place, one in enumerate(results):
        if one.indicator >= indicators_count or counted[one.indicator] > 1:
            yield FieldFault(
                f"give the place of an indicator, 0 … {indicators_count - 1}, each once",
                f"请填写指标序号 0 至 {indicators_count - 1}，每项一次",
                pointer=f"#/{field}/{place}/indicator",
            )
    if missing := [str(place) for place in range(indicators_count) if place not in counted]:
        yield FieldFault(
            f"tell of these indicators too: {', '.join(missing)}",
            f"还缺以下指标：{'、'.join(missing)}",
            pointer=f"#/{field}",
        )


def refuse_unmet(judgements: Sequence[Judgement]) -> None:
    """Raises InvalidInput naming the indicators that were not reached: an award is accepted when all are."""
    faults = [
        FieldFault(
            "accept when every indicator is met, else fail the award for a reason",
            "全部指标达到方可验收，否则请说明理由判定未通过",
            pointer=f"#/judgements/{place}/is_met",
        )
        for place, one in enumerate(judgements)
        if not one.is_met
    ]
    if faults:
        raise invalid(*faults)
