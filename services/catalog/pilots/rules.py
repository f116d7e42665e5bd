"""The life of a pilot booking, and what it must satisfy."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from catalog.pilot_lines.rules import Days, PilotLineState
from common.contracts.words import DemandKind
from common.days import day_of
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class PilotState(Vocabulary):
    REQUESTED = "requested"
    QUOTED = "quoted"
    BOOKED = "booked"
    DELIVERED = "delivered"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class PilotAction(StrEnum):
    QUOTE = "quote"
    DECLINE = "decline"
    LAPSE = "lapse"
    BOOK = "book"
    DELIVER = "deliver"
    CANCEL = "cancel"


class PilotParty(StrEnum):
    REQUESTER = "requester"
    BASE = "base"
    CLOCK = "clock"


REQUESTED, QUOTED, BOOKED = PilotState.REQUESTED, PilotState.QUOTED, PilotState.BOOKED
DELIVERED, DECLINED, CANCELLED = PilotState.DELIVERED, PilotState.DECLINED, PilotState.CANCELLED
_Do = PilotAction
_REQUESTER, _BASE = frozenset({PilotParty.REQUESTER}), frozenset({PilotParty.BASE})

LIFE = Lifecycle(
    Label("pilot booking", "中试预约"),
    moves=(
        Move(REQUESTED, _Do.QUOTE, QUOTED, _BASE),
        Move(REQUESTED, _Do.DECLINE, DECLINED, _BASE),
        Move(REQUESTED, _Do.CANCEL, CANCELLED, _REQUESTER),
        Move(QUOTED, _Do.QUOTE, QUOTED, _BASE),
        Move(QUOTED, _Do.DECLINE, DECLINED, _BASE),
        # A quote that was not taken in time binds nobody; another can be made.
        Move(QUOTED, _Do.LAPSE, REQUESTED, frozenset({PilotParty.CLOCK})),
        Move(QUOTED, _Do.BOOK, BOOKED, _REQUESTER),
        Move(QUOTED, _Do.CANCEL, CANCELLED, _REQUESTER),
        Move(BOOKED, _Do.DELIVER, DELIVERED, _BASE),
        Move(BOOKED, _Do.CANCEL, CANCELLED, _REQUESTER | _BASE),
    ),
    states={
        REQUESTED: "已申请",
        QUOTED: "已报价",
        BOOKED: "已预约",
        DELIVERED: "已交付",
        DECLINED: "未受理",
        CANCELLED: "已取消",
    },
    actions={
        _Do.QUOTE: Label("quoted", "报价"),
        _Do.DECLINE: Label("declined", "不予受理"),
        _Do.LAPSE: Label("lapsed", "报价失效"),
        _Do.BOOK: Label("booked", "预约"),
        _Do.DELIVER: Label("delivered", "交付"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        PilotParty.REQUESTER: Label("who asked for it", "申请方"),
        PilotParty.BASE: Label("the pilot base", "中试基地"),
        PilotParty.CLOCK: Label("the clock", "系统定时"),
    },
)


class ReadinessRange(Protocol):
    @property
    def trl_in(self) -> int: ...
    @property
    def trl_out(self) -> int: ...


def refuse_closed(state: PilotLineState) -> None:
    """Raises NotAllowedNow unless a line takes requests."""
    if state != PilotLineState.OPEN:
        raise NotAllowedNow(f"The pilot line is {state}; ask another one", "该中试线已关闭，请选择其他中试线")


def refuse_beyond(asked: ReadinessRange, line: ReadinessRange) -> None:
    """Raises InvalidInput naming the readiness levels that a line does not serve."""
    faults = []
    if asked.trl_in < line.trl_in:
        faults.append(FieldFault(f"give {line.trl_in} at least", f"不得低于 {line.trl_in}", pointer="#/trl_in"))
    if asked.trl_out > line.trl_out:
        faults.append(FieldFault(f"give {line.trl_out} at most", f"不得高于 {line.trl_out}", pointer="#/trl_out"))
    if faults:
        raise invalid(*faults)


def refuse_other_demand(kind: str) -> None:
    """Raises InvalidInput unless a demand is one for a pilot."""
    if kind != DemandKind.PILOT:
        fault = FieldFault(
            f"name a demand of kind pilot; this is {kind}", "请填写中试类（pilot）需求", pointer="#/demand_id"
        )
        raise invalid(fault)


def refuse_faulty_quote(days: Days, valid_until: datetime, at: datetime) -> None:
    """Raises InvalidInput naming the times that cannot be right."""
    faults = []
    if valid_until <= at:
        faults.append(FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer="#/valid_until"))
    if days.first <= day_of(at):
        faults.append(FieldFault("give a day to come", "应晚于今天", pointer="#/starts_on"))
    if days.last < days.first:
        faults.append(FieldFault("give starts_on or a later day", "不得早于 starts_on", pointer="#/ends_on"))
    if faults:
        raise invalid(*faults)


def refuse_lapsed(valid_until: datetime, at: datetime) -> None:
    """Raises NotAllowedNow once a quote binds nobody, whether or not the clock has said so yet."""
    if valid_until <= at:
        raise NotAllowedNow(
            f"The quote was valid until {valid_until.isoformat()}; ask for another", "报价已失效，请另行询价"
        )


def refuse_full(wanted: Days, free: Days) -> None:
    """Raises NotAllowedNow saying when a unit is free."""
    raise NotAllowedNow(
        f"No unit is free from {wanted.first} through {wanted.last}; the next are free from {free.first} "
        f"through {free.last}: ask for another quote",
        f"{wanted.first} 至 {wanted.last} 已约满；最近可约 {free.first} 至 {free.last}，请另行询价",
    )


def refuse_reached(reached: int, trl_in: int) -> None:
    """Raises InvalidInput for a readiness level below the one that a pilot began with."""
    if reached < trl_in:
        raise invalid(FieldFault(f"give {trl_in} at least", f"不得低于 {trl_in}", pointer="#/trl_reached"))
