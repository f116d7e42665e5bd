"""The life of a guarantee request."""

from enum import StrEnum

from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class GuaranteeState(Vocabulary):
    RAISED = "raised"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GuaranteeType(Vocabulary):
    LAND = "land"
    ENERGY = "energy"
    APPROVAL = "approval"
    FINANCE = "finance"
    DATA = "data"
    TALENT = "talent"
    OTHER = "other"


class GuaranteeAction(StrEnum):
    ASSIGN = "assign"
    RESOLVE = "resolve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class GuaranteeParty(StrEnum):
    """`responsible` is the organisation that a request waits for."""

    DISPATCHER = "dispatcher"
    LEAD = "lead"
    RESPONSIBLE = "responsible"


RAISED, ASSIGNED = GuaranteeState.RAISED, GuaranteeState.ASSIGNED
RESOLVED, REFUSED = GuaranteeState.RESOLVED, GuaranteeState.REFUSED
WITHDRAWN = GuaranteeState.WITHDRAWN
_Do = GuaranteeAction
_DISPATCHER, _LEAD = frozenset({GuaranteeParty.DISPATCHER}), frozenset({GuaranteeParty.LEAD})
_ANSWERING = frozenset({GuaranteeParty.DISPATCHER, GuaranteeParty.RESPONSIBLE})

LIFE = Lifecycle(
    Label("guarantee request", "保障事项"),
    moves=(
        Move(RAISED, _Do.ASSIGN, ASSIGNED, _DISPATCHER),
        Move(RAISED, _Do.REFUSE, REFUSED, _DISPATCHER),
        Move(RAISED, _Do.WITHDRAW, WITHDRAWN, _LEAD),
        Move(ASSIGNED, _Do.ASSIGN, ASSIGNED, _DISPATCHER),
        Move(ASSIGNED, _Do.RESOLVE, RESOLVED, _ANSWERING),
        Move(ASSIGNED, _Do.REFUSE, REFUSED, _ANSWERING),
        Move(ASSIGNED, _Do.WITHDRAW, WITHDRAWN, _LEAD),
    ),
    states={RAISED: "已提出", ASSIGNED: "已转办", RESOLVED: "已解决", REFUSED: "不予办理", WITHDRAWN: "已撤回"},
    actions={
        _Do.ASSIGN: Label("assigned", "转办"),
        _Do.RESOLVE: Label("resolved", "办结"),
        _Do.REFUSE: Label("refused", "不予办理"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        GuaranteeParty.DISPATCHER: Label("a dispatcher", "调度部门"),
        GuaranteeParty.LEAD: Label("the lead unit", "牵头单位"),
        GuaranteeParty.RESPONSIBLE: Label("the organisation that it waits for", "承办单位"),
    },
)
