"""The life of a validation as a table, and what its targets, measurements and signature must satisfy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from common.contracts.clauses import Comparison
from common.contracts.words import DemandState, SolutionState, ValidationState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move

_Is = ValidationState
PUBLIC = frozenset({_Is.ACCEPTED, _Is.DOUBTED, _Is.ANNULLED})
"""States in which everyone reads the result."""
SIGNED = (_Is.REPORTED, _Is.ACCEPTED, _Is.DOUBTED)
ASKED_OF = frozenset(
    {
        DemandState.PUBLISHED,
        DemandState.CLOSED,
        DemandState.EVALUATING,
        DemandState.SELECTED,
        DemandState.IN_VALIDATION,
    }
)
"""States of a demand in which something is validated on it."""


class ValidationAction(StrEnum):
    REPLACE = "replace"
    APPROVE = "approve"
    REFUSE = "refuse"
    SCHEDULE = "schedule"
    LAPSE = "lapse"
    START = "start"
    MEASURE = "measure"
    ATTACH = "attach"
    SIGN = "sign"
    ACCEPT = "accept"
    REJECT = "reject"
    DOUBT = "doubt"
    ANNUL = "annul"
    CANCEL = "cancel"


class ValidationParty(StrEnum):
    """`clock` is the background work: at the end of a slot, and once a key is revoked."""

    REQUESTER = "requester"
    HOST = "host"
    DEMAND_OWNER = "demand_owner"
    CLOCK = "clock"


_Do, _By = ValidationAction, ValidationParty
_REQUESTER, _HOST, _CLOCK = frozenset({_By.REQUESTER}), frozenset({_By.HOST}), frozenset({_By.CLOCK})
_OWNER, _JUDGES = frozenset({_By.DEMAND_OWNER}), frozenset({_By.HOST, _By.DEMAND_OWNER})

LIFE = Lifecycle(
    Label("validation", "应用验证"),
    moves=(
        Move(_Is.REQUESTED, _Do.REPLACE, _Is.REQUESTED, _REQUESTER),
        Move(_Is.REQUESTED, _Do.APPROVE, _Is.APPROVED, _HOST),
        Move(_Is.REQUESTED, _Do.REFUSE, _Is.REFUSED, _HOST),
        Move(_Is.APPROVED, _Do.SCHEDULE, _Is.SCHEDULED, _REQUESTER),
        Move(_Is.SCHEDULED, _Do.SCHEDULE, _Is.SCHEDULED, _REQUESTER),
        Move(_Is.SCHEDULED, _Do.LAPSE, _Is.APPROVED, _CLOCK),
        Move(_Is.SCHEDULED, _Do.START, _Is.RUNNING, _HOST),
        Move(_Is.RUNNING, _Do.MEASURE, _Is.RUNNING, _HOST),
        Move(_Is.RUNNING, _Do.ATTACH, _Is.RUNNING, _HOST),
        Move(_Is.RUNNING, _Do.SIGN, _Is.REPORTED, _HOST),
        Move(_Is.REPORTED, _Do.SIGN, _Is.REPORTED, _HOST),
        Move(_Is.REPORTED, _Do.ACCEPT, _Is.ACCEPTED, _OWNER),
        Move(_Is.REPORTED, _Do.REJECT, _Is.REJECTED, _OWNER),
        Move(_Is.ACCEPTED, _Do.DOUBT, _Is.DOUBTED, _CLOCK),
        Move(_Is.ACCEPTED, _Do.ANNUL, _Is.ANNULLED, _JUDGES),
        Move(_Is.DOUBTED, _Do.SIGN, _Is.ACCEPTED, _HOST),
        Move(_Is.DOUBTED, _Do.ANNUL, _Is.ANNULLED, _JUDGES),
        Move(_Is.REQUESTED, _Do.CANCEL, _Is.CANCELLED, _REQUESTER),
        *(
            Move(state, _Do.CANCEL, _Is.CANCELLED, _REQUESTER | _HOST)
            for state in (_Is.APPROVED, _Is.SCHEDULED, _Is.RUNNING)
        ),
    ),
    states={
        _Is.REQUESTED: "已申请",
        _Is.APPROVED: "已同意",
        _Is.SCHEDULED: "已排期",
        _Is.RUNNING: "进行中",
        _Is.REPORTED: "已出具结果",
        _Is.ACCEPTED: "已认可",
        _Is.REJECTED: "不认可",
        _Is.REFUSED: "未同意",
        _Is.CANCELLED: "已取消",
        _Is.DOUBTED: "签名存疑",
        _Is.ANNULLED: "已撤销",
    },
    actions={
        _Do.REPLACE: Label("changed", "修改"),
        _Do.APPROVE: Label("approved", "同意"),
        _Do.REFUSE: Label("refused", "不同意"),
        _Do.SCHEDULE: Label("scheduled", "排期"),
        _Do.LAPSE: Label("released from its slot", "释放时段"),
        _Do.START: Label("started", "开始"),
        _Do.MEASURE: Label("given measurements", "填写实测值"),
        _Do.ATTACH: Label("given a report", "上传报告"),
        _Do.SIGN: Label("signed", "签署"),
        _Do.ACCEPT: Label("accepted", "认可"),
        _Do.REJECT: Label("rejected", "不认可"),
        _Do.DOUBT: Label("doubted", "标记存疑"),
        _Do.ANNUL: Label("annulled", "撤销"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        _By.REQUESTER: Label("the enterprise that asked", "申请企业"),
        _By.HOST: Label("the test bed's host", "测试场单位"),
        _By.DEMAND_OWNER: Label("the demand's owner", "需求方"),
        _By.CLOCK: Label("the clock", "系统定时"),
    },
)


class AskedFigure(Protocol):
    """What is asked of a measurement: a figure, and how it is compared."""

    @property
    def operator(self) -> Comparison: ...
    @property
    def value(self) -> float: ...
    @property
    def upper(self) -> float | None: ...


def is_met(target: AskedFigure, measured: float) -> bool:
    """Whether a figure in the target's own unit is what was asked."""
    value, upper = target.value, target.upper
    match target.operator:
        case Comparison.AT_LEAST:
            return measured >= value
        case Comparison.MORE_THAN:
            return measured > value
        case Comparison.AT_MOST:
            return measured <= value
        case Comparison.LESS_THAN:
            return measured < value
        case Comparison.BETWEEN:
            return upper is not None and value <= measured <= upper
    return measured == value


def statement(metric: str, measured: float, unit: str | None) -> str:
    """What a measurement says, in one sentence: 残损识别准确率实测97.2%."""
    figure = f"{measured:.12g}"
    if metric.isascii():
        return f"{metric} measured at {figure} {unit or ''}".rstrip()
    return f"{metric}实测{figure}{unit or ''}"


def targets_of(clauses: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What is to be measured unless a request says otherwise: the demand's hard clauses that name a metric and a
    figure."""
    for clause in clauses:
        if clause.get("is_hard") and clause.get("metric") and clause.get("operator"):
            named = {name: clause.get(name) for name in ("metric", "operator", "value", "upper", "unit")}
            yield {"about": clause["text"], **named}


def refuse_own(requester: OrganisationKey, host: OrganisationKey, demand_owner: OrganisationKey) -> None:
    """Raises NotAllowedNow for who would measure, or accept, its own."""
    if requester == host:
        raise NotAllowedNow(
            "The test bed is yours; a validation is done by somebody else", "测试场属于您自己，应由其他单位进行验证"
        )
    if requester == demand_owner:
        raise NotAllowedNow(
            "The demand is yours; a validation is accepted by somebody else", "需求属于您自己，应由其他单位认可结果"
        )


def refuse_ended(state: str) -> None:
    """Raises NotAllowedNow for a demand on which nothing is validated any more."""
    if state not in ASKED_OF:
        raise NotAllowedNow(
            f"The demand is {state}; nothing is validated on it", f"需求处于 {state} 状态，不再进行验证"
        )


def refuse_solution(is_own: bool, state: SolutionState, is_on_demand: bool) -> None:
    """Raises InvalidInput unless it is the caller's solution to this demand, and selected."""
    if not (is_own and is_on_demand and state is SolutionState.SELECTED):
        raise invalid(
            FieldFault(
                "give a solution of yours to this demand that was selected, or leave it out",
                "请填写贵方在该需求下已被选定的方案，或留空",
                pointer="#/solution_id",
            )
        )


def refuse_no_targets(targets: Sequence[object]) -> None:
    if not targets:
        raise invalid(
            FieldFault(
                "say what is to be measured; the demand has no hard clause with a metric and a figure",
                "请填写验证指标：该需求没有带指标和数值的刚性条款",
                pointer="#/measurements",
            )
        )


def refuse_incomplete(measured: Sequence[float | None], report_sha256: str | None) -> None:
    """Raises NotAllowedNow for a result that is not whole."""
    if open_ := [str(place) for place, value in enumerate(measured) if value is None]:
        places = ", ".join(open_)
        raise NotAllowedNow(
            f"Give what was measured first: measurements {places}", f"请先填写实测值：第 {places} 项（从 0 起）"
        )
    if report_sha256 is None:
        raise NotAllowedNow(
            "Send the report first: PUT /v1/validations/{id}/report/{name}",
            "请先上传报告：PUT /v1/validations/{id}/report/{name}",
        )


def refuse_wrong_count(given: int, wanted: int) -> None:
    if given != wanted:
        raise invalid(
            FieldFault(
                f"give {wanted} values, one for each target in its order; null where nothing was measured yet",
                f"请按指标顺序给出 {wanted} 个值，尚未测得的填 null",
                pointer="#/measured",
            )
        )


def refuse_inactive(is_active: bool) -> None:
    if not is_active:
        raise invalid(
            FieldFault(
                "give the key_id of a signing key of yours that is active",
                "请填写贵单位在用签名密钥的 key_id",
                pointer="#/key_id",
            )
        )


def refuse_wrong_signature(is_valid: bool, sha256: str) -> None:
    if not is_valid:
        raise invalid(
            FieldFault(
                f"sign the result as it is now; its canonical JSON has the SHA-256 {sha256}",
                f"请对当前结果签名，其规范化 JSON 的 SHA-256 为 {sha256}",
                pointer="#/value",
            )
        )


def refuse_doubtful(is_valid: bool) -> None:
    """Raises NotAllowedNow for a result whose signature no longer holds."""
    if not is_valid:
        raise NotAllowedNow(
            "The key of its signature was revoked; the host signs it anew first",
            "签名所用密钥已吊销，须由测试场单位重新签署",
        )
