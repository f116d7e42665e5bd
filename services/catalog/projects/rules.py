"""The life of a demonstration project."""

from datetime import date
from enum import StrEnum

from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class ProjectState(Vocabulary):
    IDENTIFICATION = "identification"
    PREPARATION = "preparation"
    IMPLEMENTATION = "implementation"
    COMPLETION = "completion"
    STOPPED = "stopped"


class ProjectAction(StrEnum):
    AMEND = "amend"
    ASSIGN = "assign"
    PREPARE = "prepare"
    IMPLEMENT = "implement"
    COMPLETE = "complete"
    STOP = "stop"


class ProjectParty(StrEnum):
    DISPATCHER = "dispatcher"
    LEAD = "lead"


IDENTIFICATION, PREPARATION = ProjectState.IDENTIFICATION, ProjectState.PREPARATION
IMPLEMENTATION, COMPLETION, STOPPED = ProjectState.IMPLEMENTATION, ProjectState.COMPLETION, ProjectState.STOPPED
OVER = frozenset({COMPLETION, STOPPED})
_Do, _DISPATCHER = ProjectAction, frozenset({ProjectParty.DISPATCHER})

LIFE = Lifecycle(
    Label("project", "示范项目"),
    moves=(
        Move(IDENTIFICATION, _Do.PREPARE, PREPARATION, _DISPATCHER),
        Move(PREPARATION, _Do.IMPLEMENT, IMPLEMENTATION, frozenset(ProjectParty)),
        Move(IMPLEMENTATION, _Do.COMPLETE, COMPLETION, _DISPATCHER),
        *(
            move
            for state in (IDENTIFICATION, PREPARATION, IMPLEMENTATION)
            for move in (
                Move(state, _Do.AMEND, state, _DISPATCHER),
                Move(state, _Do.ASSIGN, state, _DISPATCHER),
                Move(state, _Do.STOP, STOPPED, _DISPATCHER),
            )
        ),
    ),
    states={
        IDENTIFICATION: "谋划识别",
        PREPARATION: "前期准备",
        IMPLEMENTATION: "建设实施",
        COMPLETION: "已完成",
        STOPPED: "已终止",
    },
    actions={
        _Do.AMEND: Label("amended", "变更"),
        _Do.ASSIGN: Label("assigned", "指派牵头单位"),
        _Do.PREPARE: Label("prepared", "启动前期准备"),
        _Do.IMPLEMENT: Label("implemented", "启动实施"),
        _Do.COMPLETE: Label("completed", "完成"),
        _Do.STOP: Label("stopped", "终止"),
    },
    parties={
        ProjectParty.DISPATCHER: Label("a dispatcher", "调度部门"),
        ProjectParty.LEAD: Label("the lead unit", "牵头单位"),
    },
)


def refuse_faulty(starts_on: date, completes_on: date) -> None:
    """Raises InvalidInput when a project would be over before it begins."""
    if completes_on <= starts_on:
        raise invalid(FieldFault("give a day after starts_on", "应晚于 starts_on", pointer="#/completes_on"))


def refuse_unled(lead: object | None) -> None:
    """Raises NotAllowedNow when nobody is assigned yet."""
    if lead is None:
        raise NotAllowedNow("The project has no lead unit; assign one first", "项目尚无牵头单位，请先指派")


def refuse_unassessed(scheduled_count: int) -> None:
    """Raises NotAllowedNow while milestones are not assessed."""
    if scheduled_count:
        raise NotAllowedNow(
            f"Milestones are not assessed yet: {scheduled_count}; assess them first",
            f"尚有 {scheduled_count} 个里程碑未评定，请先评定",
        )


def refuse_over(state: ProjectState) -> None:
    """Raises NotAllowedNow once nothing is added to a project any more."""
    if state in OVER:
        raise NotAllowedNow(f"The project is {state}; nothing is added to it any more", "项目已结束，不能再新增事项")
