"""The life of a policy."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from common import tracks
from common.contracts.words import PolicyState
from common.days import day_of
from common.errors import FieldFault, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.tracks import Tracks

IN_FORCE, EXPIRED = PolicyState.IN_FORCE, PolicyState.EXPIRED


class PolicyAction(StrEnum):
    EXTEND = "extend"
    EXPIRE = "expire"


class PolicyParty(StrEnum):
    OWNER = "owner"
    CLOCK = "clock"


_OWNER = frozenset({PolicyParty.OWNER})

LIFE = Lifecycle(
    Label("policy", "政策"),
    moves=(
        Move(IN_FORCE, PolicyAction.EXTEND, IN_FORCE, _OWNER),
        Move(IN_FORCE, PolicyAction.EXPIRE, EXPIRED, frozenset(PolicyParty)),
    ),
    states={IN_FORCE: "有效", EXPIRED: "已失效"},
    actions={PolicyAction.EXTEND: Label("extended", "延期"), PolicyAction.EXPIRE: Label("ended", "废止")},
    parties={
        PolicyParty.OWNER: Label("the authority that entered it", "登记单位"),
        PolicyParty.CLOCK: Label("the clock", "系统定时"),
    },
)


def refuse_unknown_tracks(named: Sequence[str], known: Tracks) -> None:
    """Raises InvalidInput naming each track that this deployment does not have, or that is given twice."""
    if faults := tuple(tracks.faults(named, known, pointer="#/tracks")):
        raise invalid(*faults)


def refuse_faulty(issued_on: date, expires_at: datetime | None, at: datetime) -> None:
    """Raises InvalidInput naming the dates that cannot be right."""
    faults = []
    if issued_on > day_of(at):
        faults.append(FieldFault("give a date that has come", "发布日期不能晚于今天", pointer="#/issued_on"))
    if expires_at is not None and expires_at <= at:
        faults.append(FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer="#/expires_at"))
    if faults:
        raise invalid(*faults)
