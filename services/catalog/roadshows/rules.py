"""The life of a roadshow."""

from datetime import datetime, timedelta
from enum import StrEnum

from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class RoadshowState(Vocabulary):
    PLANNED = "planned"
    OPEN = "open"
    LOCKED = "locked"
    HELD = "held"
    FOLLOWED_UP = "followed_up"
    CANCELLED = "cancelled"


class RoadshowAction(StrEnum):
    OPEN = "open"
    LOCK = "lock"
    HOLD = "hold"
    FOLLOW_UP = "follow_up"
    CANCEL = "cancel"


class RoadshowParty(StrEnum):
    ORGANISER = "organiser"
    CLOCK = "clock"


PLANNED, OPEN, LOCKED = RoadshowState.PLANNED, RoadshowState.OPEN, RoadshowState.LOCKED
HELD, FOLLOWED_UP, CANCELLED = RoadshowState.HELD, RoadshowState.FOLLOWED_UP, RoadshowState.CANCELLED
_Do, _ORGANISER = RoadshowAction, frozenset({RoadshowParty.ORGANISER})

LIFE = Lifecycle(
    Label("roadshow", "路演"),
    moves=(
        Move(PLANNED, _Do.OPEN, OPEN, _ORGANISER),
        Move(OPEN, _Do.LOCK, LOCKED, frozenset(RoadshowParty)),
        Move(LOCKED, _Do.HOLD, HELD, _ORGANISER),
        Move(HELD, _Do.FOLLOW_UP, FOLLOWED_UP, _ORGANISER),
        *(Move(state, _Do.CANCEL, CANCELLED, _ORGANISER) for state in (PLANNED, OPEN, LOCKED)),
    ),
    states={
        PLANNED: "筹备中",
        OPEN: "报名中",
        LOCKED: "已锁定",
        HELD: "已举办",
        FOLLOWED_UP: "已回访",
        CANCELLED: "已取消",
    },
    actions={
        _Do.OPEN: Label("opened", "开放报名"),
        _Do.LOCK: Label("locked", "锁定名单"),
        _Do.HOLD: Label("held", "举办"),
        _Do.FOLLOW_UP: Label("followed up", "完成回访"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        RoadshowParty.ORGANISER: Label("its organiser", "主办方"),
        RoadshowParty.CLOCK: Label("the clock", "系统定时"),
    },
)


def refuse_faulty(locks_at: datetime, starts_at: datetime, at: datetime) -> None:
    """Raises InvalidInput naming the times that do not follow each other."""
    faults = []
    if locks_at <= at:
        faults.append(FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer="#/locks_at"))
    if starts_at <= locks_at:
        faults.append(FieldFault("give a time after locks_at", "应晚于 locks_at", pointer="#/starts_at"))
    if faults:
        raise invalid(*faults)


def slot_starts(starts_at: datetime, slots_count: int, slot_minutes: int) -> list[datetime]:
    """When each slot begins, one right after the other."""
    return [starts_at + timedelta(minutes=slot_minutes * place) for place in range(slots_count)]


def refuse_locked(locks_at: datetime, at: datetime) -> None:
    """Raises NotAllowedNow once slots are taken no more, whether or not the clock has locked them yet."""
    if locks_at <= at:
        raise NotAllowedNow(
            f"The list was to be locked at {locks_at.isoformat()}; slots are taken no more",
            f"名单已于 {locks_at.isoformat()} 锁定，不再接受报名",
        )


def refuse_not_open(state: RoadshowState) -> None:
    """Raises NotAllowedNow unless slots are taken."""
    if state != OPEN:
        raise NotAllowedNow(f"The roadshow is {state}; slots are taken while it is open", "仅可在路演报名期间报名")


def refuse_unfollowed(waiting_count: int) -> None:
    """Raises NotAllowedNow while what came of a presentation is not on record."""
    if waiting_count:
        raise NotAllowedNow(
            f"Presentations without an outcome: {waiting_count}; record them first",
            f"尚有 {waiting_count} 个项目未记录结果，请先记录",
        )
