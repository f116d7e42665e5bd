"""What an attempt's outcome makes of a delivery; free of I/O."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from common.lifecycle import Label, Lifecycle, Move
from notify import backoff


class DeliveryState(StrEnum):
    PENDING = "pending"
    HELD = "held"
    COLLECTED = "collected"
    GATHERED = "gathered"
    SENT = "sent"
    ABANDONED = "abandoned"


class DeliveryAction(StrEnum):
    SEND = "send"
    ABANDON = "abandon"
    HOLD = "hold"
    COLLECT = "collect"
    GATHER = "gather"
    RELEASE = "release"
    REDELIVER = "redeliver"


class DeliveryParty(StrEnum):
    """`sender` is the background work that makes the attempts."""

    SENDER = "sender"
    SUBSCRIBER = "subscriber"


_PENDING, _HELD = DeliveryState.PENDING, DeliveryState.HELD
_COLLECTED, _GATHERED = DeliveryState.COLLECTED, DeliveryState.GATHERED
_SENT, _ABANDONED = DeliveryState.SENT, DeliveryState.ABANDONED
_SENDER, _SUBSCRIBER = frozenset({DeliveryParty.SENDER}), frozenset({DeliveryParty.SUBSCRIBER})

LIFE = Lifecycle(
    Label("delivery", "投递"),
    moves=(
        Move(_PENDING, DeliveryAction.SEND, _SENT, _SENDER),
        Move(_PENDING, DeliveryAction.ABANDON, _ABANDONED, _SENDER | _SUBSCRIBER),
        Move(_PENDING, DeliveryAction.HOLD, _HELD, _SUBSCRIBER),
        Move(_PENDING, DeliveryAction.REDELIVER, _PENDING, _SUBSCRIBER),
        Move(_PENDING, DeliveryAction.COLLECT, _COLLECTED, _SENDER),
        Move(_COLLECTED, DeliveryAction.GATHER, _GATHERED, _SENDER),
        Move(_COLLECTED, DeliveryAction.ABANDON, _ABANDONED, _SENDER | _SUBSCRIBER),
        Move(_COLLECTED, DeliveryAction.HOLD, _HELD, _SUBSCRIBER),
        Move(_COLLECTED, DeliveryAction.RELEASE, _PENDING, _SUBSCRIBER),
        # What was on its way when it was collected after its lease, or its subscription was paused.
        Move(_COLLECTED, DeliveryAction.SEND, _SENT, _SENDER),
        Move(_HELD, DeliveryAction.SEND, _SENT, _SENDER),
        Move(_HELD, DeliveryAction.ABANDON, _ABANDONED, _SENDER | _SUBSCRIBER),
        Move(_HELD, DeliveryAction.RELEASE, _PENDING, _SUBSCRIBER),
        Move(_HELD, DeliveryAction.REDELIVER, _PENDING, _SUBSCRIBER),
        Move(_SENT, DeliveryAction.REDELIVER, _PENDING, _SUBSCRIBER),
        Move(_ABANDONED, DeliveryAction.REDELIVER, _PENDING, _SUBSCRIBER),
    ),
    states={
        _PENDING: "待投递",
        _HELD: "暂停中",
        _COLLECTED: "待汇总",
        _GATHERED: "已汇总",
        _SENT: "已送达",
        _ABANDONED: "已放弃",
    },
    actions={
        DeliveryAction.SEND: Label("sent", "送达"),
        DeliveryAction.ABANDON: Label("abandoned", "放弃"),
        DeliveryAction.HOLD: Label("held", "暂停"),
        DeliveryAction.COLLECT: Label("collected", "收集"),
        DeliveryAction.GATHER: Label("gathered", "汇总"),
        DeliveryAction.RELEASE: Label("released", "恢复"),
        DeliveryAction.REDELIVER: Label("redelivered", "重新投递"),
    },
    parties={
        DeliveryParty.SENDER: Label("the sender", "投递程序"),
        DeliveryParty.SUBSCRIBER: Label("its subscriber", "订阅方"),
    },
)

# Why a delivery was abandoned, where no attempt says it.
DISABLED, DELETED, HELD_TOO_LONG = "subscription_disabled", "subscription_deleted", "held_too_long"

OPEN = frozenset(LIFE.before(DeliveryAction.ABANDON))
"""States that an outcome may change: pending is tried when due, held waits for its subscription to resume, collected
for a digest."""


class AttemptOutcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    GONE = "gone"


@dataclass(frozen=True)
class Sent:
    """The receiver took it. `status` is None where there is no receiver to answer, as on a subject."""

    status: int | None
    took_s: float


@dataclass(frozen=True)
class Refused:
    """The receiver answered with anything but 2xx or 410."""

    status: int
    took_s: float
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Unreachable:
    """Nobody answered; `reason` is a word."""

    reason: str
    took_s: float


@dataclass(frozen=True)
class Gone:
    """The receiver answered 410: it wants nothing more."""

    took_s: float


AttemptResult = Sent | Refused | Unreachable | Gone


@dataclass(frozen=True)
class Progress:
    """How a delivery stands after an attempt. `due_at` is None once nothing more will be tried."""

    state: DeliveryState
    failures_count: int
    due_at: datetime | None
    reason: str | None


def outcome_of(status: int, *, took_s: float, retry_after_s: float | None) -> AttemptResult:
    if 200 <= status < 300:
        return Sent(status, took_s)
    return Gone(took_s) if status == 410 else Refused(status, took_s, retry_after_s)


def recorded(outcome: AttemptResult) -> tuple[AttemptOutcome, int | None, str | None]:
    """What the record of an attempt says: its kind, the HTTP status, the reason when there was none."""
    match outcome:
        case Sent():
            return AttemptOutcome.SENT, outcome.status, None
        case Refused():
            return AttemptOutcome.REFUSED, outcome.status, None
        case Gone():
            return AttemptOutcome.GONE, 410, None
        case Unreachable():
            return AttemptOutcome.UNREACHABLE, None, outcome.reason


def after(
    outcome: AttemptResult, *, state: DeliveryState, failures_count: int, at: datetime, jitter: float
) -> Progress:
    """Where an open delivery goes; `failures_count` counts those before this attempt, jitter is 0.0 … 1.0."""
    match outcome:
        case Sent():
            return Progress(_ended(state, DeliveryAction.SEND, at), failures_count, None, None)
        case Gone():
            return Progress(_ended(state, DeliveryAction.ABANDON, at), failures_count + 1, None, "gone")
        case Refused(status=status, retry_after_s=asked):
            wait_s, reason = backoff.delay_s(failures_count + 1, jitter=jitter, retry_after_s=asked), f"http_{status}"
        case Unreachable(reason=reason):
            wait_s = backoff.delay_s(failures_count + 1, jitter=jitter)
    if wait_s is None:
        return Progress(_ended(state, DeliveryAction.ABANDON, at), failures_count + 1, None, reason)
    return Progress(state, failures_count + 1, at + timedelta(seconds=wait_s), reason)


def _ended(state: DeliveryState, action: DeliveryAction, at: datetime) -> DeliveryState:
    return LIFE.moved(state, action, by=_SENDER, at=at).after


class Lanes:
    """How many requests are in hand for each host, so that a slow one cannot take every place."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._in_hand: Counter[str] = Counter()

    @property
    def in_hand_count(self) -> int:
        return self._in_hand.total()

    def full(self) -> list[str]:
        return [host for host, count in self._in_hand.items() if count >= self._per_host]

    def let_in(self, hosts: Sequence[str]) -> list[int]:
        """Positions in `hosts` that would find a place if all of them entered in this order."""
        count, positions = self._in_hand.copy(), []
        for position, host in enumerate(hosts):
            if count[host] < self._per_host:
                count[host] += 1
                positions.append(position)
        return positions

    def enter(self, host: str) -> None:
        self._in_hand[host] += 1

    def leave(self, host: str) -> None:
        self._in_hand[host] -= 1
        if not self._in_hand[host]:
            del self._in_hand[host]
