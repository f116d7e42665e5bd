"""On which days before a date to remind of it; free of I/O."""

from collections.abc import Collection
from datetime import datetime, timedelta

from notify.subscriptions.cadence import MOST_REMINDED_DAYS

DAY = timedelta(days=1)
CLOSING = "notify.demand.closing"
"""What news of a date that comes near is called."""


def days_left(closes_at: datetime, at: datetime) -> int:
    """Days until then, begun ones included; 0 or less once it has passed."""
    return -((at - closes_at) // DAY)


def next_at(closes_at: datetime, at: datetime) -> datetime | None:
    """The next moment that is a whole number of days before the date, of those that one may be reminded on."""
    days = min(days_left(closes_at, at) - 1, MOST_REMINDED_DAYS)
    return closes_at - days * DAY if days > 0 else None


def are_due(offsets: Collection[int], *, reached: int, handled: int) -> bool:
    """Whether one of the days that a subscription is to be reminded on has come since `handled` was the number left.

    What had passed when the date was set is not made up for, and of several that passed while no worker ran one
    reminder is left.
    """
    return any(reached <= days < handled for days in offsets)
