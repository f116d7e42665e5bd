"""The life of a milestone."""

from datetime import datetime
from enum import StrEnum

from common.errors import FieldFault, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class MilestoneState(Vocabulary):
    SCHEDULED = "scheduled"
    MET = "met"
    PARTIALLY_MET = "partially_met"
    NOT_MET = "not_met"


class MilestoneAction(StrEnum):
    REPORT = "report"
    RESCHEDULE = "reschedule"
    REMIND = "remind"
    MEET = "meet"
    MEET_PARTIALLY = "meet_partially"
    MISS = "miss"


class MilestoneParty(StrEnum):
    DISPATCHER = "dispatcher"
    LEAD = "lead"
    CLOCK = "clock"


SCHEDULED, MET = MilestoneState.SCHEDULED, MilestoneState.MET
PARTIALLY_MET, NOT_MET = MilestoneState.PARTIALLY_MET, MilestoneState.NOT_MET
_Do, _DISPATCHER = MilestoneAction, frozenset({MilestoneParty.DISPATCHER})
ASSESSMENTS = {MET: _Do.MEET, PARTIALLY_MET: _Do.MEET_PARTIALLY, NOT_MET: _Do.MISS}
"""The action by which a milestone is found to be in a state."""

LIFE = Lifecycle(
    Label("milestone", "里程碑"),
    moves=(
        Move(SCHEDULED, _Do.REPORT, SCHEDULED, frozenset({MilestoneParty.LEAD})),
        Move(SCHEDULED, _Do.RESCHEDULE, SCHEDULED, _DISPATCHER),
        Move(SCHEDULED, _Do.REMIND, SCHEDULED, frozenset({MilestoneParty.CLOCK})),
        Move(SCHEDULED, _Do.MEET, MET, _DISPATCHER),
        Move(SCHEDULED, _Do.MEET_PARTIALLY, PARTIALLY_MET, _DISPATCHER),
        Move(SCHEDULED, _Do.MISS, NOT_MET, _DISPATCHER),
        # What was missing then may be made good for.
        Move(PARTIALLY_MET, _Do.MEET, MET, _DISPATCHER),
        Move(NOT_MET, _Do.MEET, MET, _DISPATCHER),
        Move(NOT_MET, _Do.MEET_PARTIALLY, PARTIALLY_MET, _DISPATCHER),
    ),
    states={SCHEDULED: "未到期", MET: "已达成", PARTIALLY_MET: "部分达成", NOT_MET: "未达成"},
    actions={
        _Do.REPORT: Label("reported on", "报告进展"),
        _Do.RESCHEDULE: Label("rescheduled", "调整日期"),
        _Do.REMIND: Label("reminded of", "提醒"),
        _Do.MEET: Label("met", "评定为达成"),
        _Do.MEET_PARTIALLY: Label("partially met", "评定为部分达成"),
        _Do.MISS: Label("missed", "评定为未达成"),
    },
    parties={
        MilestoneParty.DISPATCHER: Label("a dispatcher", "调度部门"),
        MilestoneParty.LEAD: Label("the lead unit", "牵头单位"),
        MilestoneParty.CLOCK: Label("the clock", "系统定时"),
    },
)


def refuse_past(due_at: datetime, at: datetime) -> None:
    """Raises InvalidInput for a milestone that would be overdue at once."""
    if due_at <= at:
        raise invalid(FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer="#/due_at"))
