"""The life of a lesson."""

from enum import StrEnum

from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class LessonState(Vocabulary):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class LessonAction(StrEnum):
    WITHDRAW = "withdraw"


class LessonParty(StrEnum):
    DISPATCHER = "dispatcher"
    LEAD = "lead"


PUBLISHED, WITHDRAWN = LessonState.PUBLISHED, LessonState.WITHDRAWN

LIFE = Lifecycle(
    Label("lesson", "经验"),
    moves=(Move(PUBLISHED, LessonAction.WITHDRAW, WITHDRAWN, frozenset(LessonParty)),),
    states={PUBLISHED: "已发布", WITHDRAWN: "已撤回"},
    actions={LessonAction.WITHDRAW: Label("withdrawn", "撤回")},
    parties={
        LessonParty.DISPATCHER: Label("a dispatcher", "调度部门"),
        LessonParty.LEAD: Label("the lead unit", "牵头单位"),
    },
)
