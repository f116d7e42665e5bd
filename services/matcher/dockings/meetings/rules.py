"""Which times may be offered and taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from common.contracts.dockings import Side
from common.errors import FieldFault, NotAllowedNow, invalid

LONGEST = timedelta(hours=12)


class MeetingState(StrEnum):
    ARRANGED = "arranged"
    CANCELLED = "cancelled"


class Times(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def refuse_faulty(slots: Sequence[Times], at: datetime) -> None:
    """Each begins later than now, ends after it begins, on the same half day or so, and none overlaps another."""
    faults = [fault for index, slot in enumerate(slots) for fault in _faults(slot, index, at)]
    if faults:
        raise invalid(*faults)
    in_order = sorted(range(len(slots)), key=lambda index: slots[index].starts_at)
    for earlier, later in pairwise(in_order):
        if slots[later].starts_at < slots[earlier].ends_at:
            detail = f"give a time that does not overlap slot {earlier}"
            zh = f"与第 {earlier + 1} 个时间重叠，请调整"
            raise invalid(FieldFault(detail, zh, pointer=f"#/slots/{later}/starts_at"))


def _faults(slot: Times, index: int, at: datetime) -> list[FieldFault]:
    if slot.starts_at <= at:
        return [FieldFault("give a time to come", "请填写将来的时间", pointer=f"#/slots/{index}/starts_at")]
    if not timedelta() < slot.ends_at - slot.starts_at <= LONGEST:
        detail = f"give an end within {LONGEST // timedelta(hours=1)} hours after the beginning"
        zh = f"结束时间应在开始之后 {LONGEST // timedelta(hours=1)} 小时以内"
        return [FieldFault(detail, zh, pointer=f"#/slots/{index}/ends_at")]
    return []


def refuse_own(offered_by: Side, side: Side | None) -> None:
    if offered_by is side:
        raise NotAllowedNow("Your side offered this time; the other side takes it", "该时间由本方提出，应由对方选定")


def refuse_past(starts_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        raise NotAllowedNow("This time is past; ask for another", "该时间已过，请另选时间")


def taken() -> NotAllowedNow:
    return NotAllowedNow("This time is taken; choose another of those offered", "该时间已被选定，请选择其他时间")


def withdrawn() -> NotAllowedNow:
    return NotAllowedNow("This time was withdrawn; choose another", "该时间已被撤回，请选择其他时间")


def moved_meanwhile() -> NotAllowedNow:
    return NotAllowedNow(
        "The meeting was moved meanwhile; read the docking again", "会面时间刚刚变更，请重新查看对接单"
    )


def begun() -> NotAllowedNow:
    return NotAllowedNow(
        "The meeting has begun; say what came of it: agree or fail", "会面已开始，请登记结果：达成或结束"
    )
