"""What an attempt's outcome makes of a delivery; free of I/O."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
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
        Move(_PENDING, DeliveryAction.HOLD, _HELD, _SENDER | _SUBSCRIBER),
        Move(_PENDING, DeliveryAction.REDELIVER, _PENDING, _SUBSCRIBER),
        Move(_PENDING, DeliveryAction.COLLECT, _COLLECTED, _SENDER),
        Move(_COLLECTED, DeliveryAction.GATHER, _GATHERED, _SENDER),
        Move(_COLLECTED, DeliveryAction.ABANDON, _ABANDONED, _SENDER | _SUBSCRIBER),
        Move(_COLLECTED, DeliveryAction.HOLD, _HELD, _SENDER | _SUBSCRIBER),
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

ENDPOINT_FAILING = "endpoint_failing"
"""Why a subscription was paused whose endpoint took nothing for long."""
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
    REJECTED = "rejected"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class _Answered:
    """How the receiver answered.

    status  of HTTP, or the code of an SMTP reply; None where there is no receiver to answer, as on a subject
    answer  how its answer begins, for whoever looks for the fault
    """

    status: int | None
    took_s: float
    answer: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Sent(_Answered):
    """The receiver took it."""


@dataclass(frozen=True)
class Refused(_Answered):
    """Not now: it is tried again. Without a `reason`, a word, the status is the reason."""

    retry_after_s: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Rejected(_Answered):
    """This delivery will never be taken, whatever comes of others: it is given up."""

    reason: str = field(kw_only=True)


@dataclass(frozen=True)
class Blocked(_Answered):
    """Nothing will be taken before the subscriber has changed something: the subscription is paused, and this delivery
    waits with all others."""

    reason: str = field(kw_only=True)


@dataclass(frozen=True)
class Gone(_Answered):
    """There is nobody at the address, or nothing more is wanted there: the subscription is disabled."""

    reason: str = "gone"


@dataclass(frozen=True)
class Unreachable:
    """Nobody answered; `reason` is a word."""

    reason: str
    took_s: float


AttemptResult = Sent | Refused | Rejected | Blocked | Gone | Unreachable


@dataclass(frozen=True)
class EndpointPace:
    """How often one endpoint may be written to: `burst` at once, and one each `interval_s` after.

    In any `t` seconds at most `burst + t / interval_s`.
    """

    burst: int
    interval_s: float

    @property
    def ahead_s(self) -> float:
        """How far ahead of the clock an endpoint may be."""
        return (self.burst - 1) * self.interval_s


@dataclass(frozen=True)
class Endurance:
    """How many attempts, and for how long, an endpoint may fail without one that succeeds; both must be reached."""

    count: int
    span: timedelta

    def is_over(self, failures_count: int, failing_since: datetime, at: datetime) -> bool:
        return failures_count >= self.count and at - failing_since >= self.span


@dataclass(frozen=True)
class Progress:
    """How a delivery stands after an attempt. `due_at` is None once nothing more will be tried."""

    state: DeliveryState
    failures_count: int
    due_at: datetime | None
    reason: str | None


def outcome_of(
    status: int, *, took_s: float, retry_after_s: float | None, answer: str | None = None
) -> Sent | Gone | Refused:
    """What an HTTP status means where nothing else is said."""
    if 200 <= status < 300:
        return Sent(status, took_s, answer=answer)
    if status == 410:
        return Gone(status, took_s, answer=answer)
    return Refused(status, took_s, retry_after_s, answer=answer)


def recorded(outcome: AttemptResult) -> tuple[AttemptOutcome, int | None, str | None]:
    """What the record of an attempt says: its kind, the status, the reason where the status does not say it."""
    match outcome:
        case Sent():
            return AttemptOutcome.SENT, outcome.status, None
        case Refused():
            return AttemptOutcome.REFUSED, outcome.status, outcome.reason
        case Rejected():
            return AttemptOutcome.REJECTED, outcome.status, outcome.reason
        case Blocked():
            return AttemptOutcome.BLOCKED, outcome.status, outcome.reason
        case Gone():
            return AttemptOutcome.GONE, outcome.status, None if outcome.status == 410 else outcome.reason
        case Unreachable():
            return AttemptOutcome.UNREACHABLE, None, outcome.reason


def answer_of(outcome: AttemptResult) -> str | None:
    return None if isinstance(outcome, Unreachable) else outcome.answer


def after(
    outcome: AttemptResult, *, state: DeliveryState, failures_count: int, at: datetime, jitter: float
) -> Progress:
    """Where an open delivery goes; `failures_count` counts those before this attempt, jitter is 0.0 … 1.0."""
    match outcome:
        case Sent():
            return Progress(_ended(state, DeliveryAction.SEND, at), failures_count, None, None)
        case Gone(reason=reason) | Rejected(reason=reason):
            return Progress(_ended(state, DeliveryAction.ABANDON, at), failures_count + 1, None, reason)
        case Blocked(reason=reason):
            held = state if state is _HELD else _ended(state, DeliveryAction.HOLD, at)
            return Progress(held, failures_count + 1, at, reason)
        case Refused(status=status, retry_after_s=asked):
            reason = outcome.reason or f"http_{status}"
            wait_s = backoff.delay_s(failures_count + 1, jitter=jitter, retry_after_s=asked)
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
