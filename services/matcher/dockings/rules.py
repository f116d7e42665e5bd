"""The life of a docking as a table, whose turn it is, and by when."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from common.contracts.dockings import DockingState, Side
from common.days import ZONE
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from matcher.calendar.working_days import Calendar, DueDay
from matcher.dockings.tables import StepTerms, failure_reasons, steps

OPENED, MEETING, AGREEING = DockingState.OPENED, DockingState.MEETING, DockingState.AGREEING
AGREED, FAILED = DockingState.AGREED, DockingState.FAILED


class DockingAction(StrEnum):
    OFFER_SLOTS = "offer_slots"
    WITHDRAW_SLOT = "withdraw_slot"
    TAKE_SLOT = "take_slot"
    CANCEL_MEETING = "cancel_meeting"
    SHARE_CONTACT = "share_contact"
    AGREE = "agree"
    FAIL = "fail"
    LAPSE = "lapse"


class DockingParty(StrEnum):
    """`awaited` is the side whose turn the next step is; `clock` ends what nobody answers. A broker with a mandate is
    the side it acts for."""

    SIDE = "side"
    AWAITED = "awaited"
    CLOCK = "clock"


_SIDE, _AWAITED = frozenset({DockingParty.SIDE}), frozenset({DockingParty.AWAITED})
_CLOCK = frozenset({DockingParty.CLOCK})

LIFE = Lifecycle(
    Label("docking", "对接单"),
    moves=(
        Move(OPENED, DockingAction.OFFER_SLOTS, OPENED, _SIDE),
        Move(OPENED, DockingAction.WITHDRAW_SLOT, OPENED, _SIDE),
        Move(OPENED, DockingAction.TAKE_SLOT, MEETING, _SIDE),
        Move(OPENED, DockingAction.SHARE_CONTACT, OPENED, _SIDE),
        Move(OPENED, DockingAction.FAIL, FAILED, _SIDE),
        Move(OPENED, DockingAction.LAPSE, FAILED, _CLOCK),
        Move(MEETING, DockingAction.OFFER_SLOTS, MEETING, _SIDE),
        Move(MEETING, DockingAction.WITHDRAW_SLOT, MEETING, _SIDE),
        # To move the meeting to another time.
        Move(MEETING, DockingAction.TAKE_SLOT, MEETING, _SIDE),
        Move(MEETING, DockingAction.CANCEL_MEETING, OPENED, _SIDE),
        Move(MEETING, DockingAction.SHARE_CONTACT, MEETING, _SIDE),
        Move(MEETING, DockingAction.AGREE, AGREEING, _SIDE),
        Move(MEETING, DockingAction.FAIL, FAILED, _SIDE),
        Move(MEETING, DockingAction.LAPSE, FAILED, _CLOCK),
        Move(AGREEING, DockingAction.SHARE_CONTACT, AGREEING, _SIDE),
        Move(AGREEING, DockingAction.AGREE, AGREED, _AWAITED),
        Move(AGREEING, DockingAction.FAIL, FAILED, _SIDE),
        Move(AGREEING, DockingAction.LAPSE, FAILED, _CLOCK),
    ),
    states={OPENED: "已发起", MEETING: "会面中", AGREEING: "待对方确认", AGREED: "已达成", FAILED: "未达成"},
    actions={
        DockingAction.OFFER_SLOTS: Label("given times to meet", "提出会面时间"),
        DockingAction.WITHDRAW_SLOT: Label("relieved of a time to meet", "撤回会面时间"),
        DockingAction.TAKE_SLOT: Label("given a meeting", "选定会面时间"),
        DockingAction.CANCEL_MEETING: Label("relieved of its meeting", "取消会面"),
        DockingAction.SHARE_CONTACT: Label("given a contact", "提供联系方式"),
        DockingAction.AGREE: Label("agreed to", "确认达成"),
        DockingAction.FAIL: Label("ended without agreement", "结束"),
        DockingAction.LAPSE: Label("ended by the clock", "逾期结束"),
    },
    parties={
        DockingParty.SIDE: Label("one of its sides", "供需任一方"),
        DockingParty.AWAITED: Label("the side whose answer is awaited", "待答复的一方"),
        DockingParty.CLOCK: Label("the clock", "时钟"),
    },
)


class Turn(NamedTuple):
    """The next step's code, and the side that is to take it; None: both."""

    code: str
    side: Side | None


class AlarmKind(StrEnum):
    SOON = "soon"
    DUE = "due"
    LAPSE = "lapse"


class Alarm(NamedTuple):
    kind: AlarmKind
    at: datetime


TAKE_SLOT = "take_slot"
"""The code of the step that is open only while a time offered is left."""
MORNING = time(9)
"""When people are reminded, Asia/Shanghai."""


def other(side: Side) -> Side:
    return Side.ENTERPRISE if side is Side.OWNER else Side.OWNER


def turn(state: DockingState, opened_by: Side, slots_by: Side | None, agreed_by: Side | None) -> Turn | None:
    """What is next; None once it is over.

    slots_by   the side whose offer of times to meet stands
    agreed_by  the side that agreed first
    """
    if state is OPENED:
        return Turn("offer_slots", other(opened_by)) if slots_by is None else Turn(TAKE_SLOT, other(slots_by))
    if state is MEETING:
        return Turn("agree", None)
    if state is AGREEING and agreed_by is not None:
        return Turn("confirm", other(agreed_by))
    return None


def parties(side: Side, awaited: Side | None) -> Collection[DockingParty]:
    """What somebody of a side is while `awaited` (None: both) is to act."""
    return {DockingParty.SIDE} if awaited not in (None, side) else {DockingParty.SIDE, DockingParty.AWAITED}


def due(code: str, since: datetime, calendar: Calendar) -> DueDay:
    return calendar.after(since, steps()[code].days)


def alarms(code: str, on: DueDay, calendar: Calendar) -> tuple[Alarm, ...]:
    """When a step is reminded of and when it lapses, in order."""
    terms: StepTerms = steps()[code]
    soon = datetime.combine(calendar.before(on.on, terms.soon), MORNING, ZONE)
    day = datetime.combine(on.on, MORNING, ZONE)
    lapse = calendar.after(day, terms.lapse).ends_at
    return Alarm(AlarmKind.SOON, soon), Alarm(AlarmKind.DUE, day), Alarm(AlarmKind.LAPSE, lapse)


def first_alarm(all_of_step: tuple[Alarm, ...], at: datetime) -> Alarm:
    """The first that is still to come, the last if all are past."""
    return next((alarm for alarm in all_of_step if alarm.at > at), all_of_step[-1])


def is_overdue(on: DueDay, at: datetime) -> bool:
    return at >= on.ends_at


def refuse_wrong_reason(code: str, words: str | None) -> None:
    """A reason is one of the table that people may give, with words where it needs them."""
    open_to_people = [name for name, row in failure_reasons().items() if not row.clock]
    if code not in open_to_people:
        names = ", ".join(open_to_people)
        raise invalid(FieldFault(f"give one of {names}", f"请填写其中之一：{names}", pointer="#/reason"))
    if failure_reasons()[code].words and words is None:
        raise invalid(FieldFault(f"the reason `{code}` needs a few words", "请作文字说明", pointer="#/text"))


def refuse_unfit_to_open(is_current: bool, is_dismissed: bool) -> None:
    if not is_current:
        raise NotAllowedNow("The match has lapsed, so no docking can be opened on it", "该撮合已失效，不能再发起对接")
    if is_dismissed:
        raise NotAllowedNow(
            "The match is dismissed; the side that dismissed it can take that back by expressing interest",
            "该撮合已被标为不合适；由标记的一方改为感兴趣后方可发起对接",
        )


def days_between(earlier: datetime, later: datetime) -> float:
    return (later - earlier) / timedelta(days=1)
