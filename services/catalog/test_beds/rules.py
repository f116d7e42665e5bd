"""The life of a test bed, and which slots may be offered and taken."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from common.contracts.words import TestBedState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move

OPEN, CLOSED = TestBedState.OPEN, TestBedState.CLOSED
LONGEST = timedelta(days=366)
"""Of a slot."""
MOST_NAMED = 5
"""Free slots that a refusal names."""


class TestBedAction(StrEnum):
    REPLACE = "replace"
    OFFER_SLOTS = "offer_slots"
    WITHDRAW_SLOT = "withdraw_slot"
    CLOSE = "close"
    REOPEN = "reopen"


class TestBedParty(StrEnum):
    HOST = "host"


_Do, _HOST = TestBedAction, frozenset({TestBedParty.HOST})

LIFE = Lifecycle(
    Label("test bed", "测试场"),
    moves=(
        Move(OPEN, _Do.REPLACE, OPEN, _HOST),
        Move(OPEN, _Do.OFFER_SLOTS, OPEN, _HOST),
        Move(OPEN, _Do.WITHDRAW_SLOT, OPEN, _HOST),
        Move(OPEN, _Do.CLOSE, CLOSED, _HOST),
        Move(CLOSED, _Do.WITHDRAW_SLOT, CLOSED, _HOST),
        Move(CLOSED, _Do.REOPEN, OPEN, _HOST),
    ),
    states={OPEN: "开放", CLOSED: "关闭"},
    actions={
        _Do.REPLACE: Label("changed", "修改"),
        _Do.OFFER_SLOTS: Label("given slots", "开放时段"),
        _Do.WITHDRAW_SLOT: Label("relieved of a slot", "撤回时段"),
        _Do.CLOSE: Label("closed", "关闭"),
        _Do.REOPEN: Label("reopened", "重新开放"),
    },
    parties={TestBedParty.HOST: Label("its host", "测试场单位")},
)


class SlotPeriod(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def refuse_faulty(slots: Sequence[SlotPeriod], at: datetime) -> None:
    """Raises InvalidInput naming each time that cannot be right."""
    if faults := tuple(_faults(slots, at)):
        raise invalid(*faults)


def _faults(slots: Sequence[SlotPeriod], at: datetime) -> Iterator[FieldFault]:
    for place, slot in enumerate(slots):
        if slot.starts_at <= at:
            pointer = f"#/slots/{place}/starts_at"
            yield FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer=pointer)
        if not slot.starts_at < slot.ends_at <= slot.starts_at + LONGEST:
            yield FieldFault(
                f"give a time after starts_at, {LONGEST.days} days later at most",
                f"应晚于 starts_at，且不超过其后 {LONGEST.days} 天",
                pointer=f"#/slots/{place}/ends_at",
            )


def overlapping(slot: SlotPeriod) -> NotAllowedNow:
    return NotAllowedNow(
        f"Another slot of this test bed lies in {slot.starts_at.isoformat()} to {slot.ends_at.isoformat()}; "
        "slots of one bed do not overlap",
        f"{slot.starts_at.isoformat()} 至 {slot.ends_at.isoformat()} 与该测试场的其他时段重叠",
    )


def refuse_closed(state: TestBedState) -> None:
    """Raises NotAllowedNow unless a test bed takes validations."""
    if state is not OPEN:
        raise NotAllowedNow(f"The test bed is {state} and takes no validation", "测试场已关闭，不接受验证申请")


def refuse_begun(slot: SlotPeriod, at: datetime) -> None:
    """Raises NotAllowedNow for a slot that has begun."""
    if slot.starts_at <= at:
        raise NotAllowedNow(
            f"The slot began at {slot.starts_at.isoformat()}; take one that is to come",
            f"该时段已于 {slot.starts_at.isoformat()} 开始，请选择尚未开始的时段",
        )


def full(free: Sequence[tuple[str, datetime]]) -> NotAllowedNow:
    """free  ids of slots with a free seat and when they begin, the next first"""
    named = "; ".join(f"{slot} from {starts_at.isoformat()}" for slot, starts_at in free[:MOST_NAMED])
    named_zh = "；".join(f"{slot}（{starts_at.isoformat()} 起）" for slot, starts_at in free[:MOST_NAMED])
    return NotAllowedNow(
        f"Every seat of this slot is taken. Free: {named or 'none'}",
        f"该时段已约满。可约时段：{named_zh or '无'}",
    )


def taken() -> NotAllowedNow:
    return NotAllowedNow("Somebody has a seat in this slot; it stays", "该时段已有预约，不能撤回")
