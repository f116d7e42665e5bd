"""What the settings of a subscription make of news that came at known moments; free of I/O."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from notify.subscriptions.cadence import Cadence, after_cap, after_quiet, month, release


@dataclass(frozen=True)
class Message:
    """One message with some pieces of news; `is_gathered` where it is a digest or the note at a month's end."""

    at: datetime
    pieces_count: int
    is_gathered: bool


@dataclass
class Simulation:
    """messages        in their order
    waited_count    pieces that waited for the end of quiet hours
    over_cap_count  pieces that the month had no room for
    """

    messages: list[Message] = field(default_factory=list)
    waited_count: int = 0
    over_cap_count: int = 0


def simulate(cadence: Cadence, moments: Iterable[datetime]) -> Simulation:
    """As the sender and the clock do it, with no month begun before the first moment. O(n log n)."""
    found, sent, gathered = Simulation(), Counter[date](), Counter[datetime]()
    for at in sorted(moments):
        is_over_cap = not cadence.is_digest and _is_used_up(cadence, sent, at)
        released = release(cadence, at, is_over_cap=is_over_cap)
        if released.is_gathered:
            gathered[released.at] += 1
            found.over_cap_count += is_over_cap
        else:
            sent[month(cadence, released.at)] += 1
            found.waited_count += released.at > at
            found.messages.append(Message(released.at, 1, is_gathered=False))
    _gather(cadence, gathered, sent, found)
    found.messages.sort(key=lambda message: message.at)
    return found


def _is_used_up(cadence: Cadence, sent: Counter[date], at: datetime) -> bool:
    return cadence.monthly_cap is not None and sent[month(cadence, at)] >= cadence.monthly_cap


def _gather(cadence: Cadence, gathered: Counter[datetime], sent: Counter[date], found: Simulation) -> None:
    """Digests in their order; those that a month has no room for become one when it is over."""
    while gathered:
        at = min(gathered)
        pieces_count = gathered.pop(at)
        if cadence.is_digest and _is_used_up(cadence, sent, at):
            gathered[after_cap(cadence, at)] += pieces_count
            found.over_cap_count += pieces_count
            continue
        sent[month(cadence, at)] += cadence.is_digest
        goes_at = after_quiet(cadence, at)
        found.waited_count += pieces_count if goes_at > at else 0
        found.messages.append(Message(goes_at, pieces_count, is_gathered=True))
