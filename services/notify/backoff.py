"""When a failed delivery is tried again: the schedule of Standard Webhooks, spread out and bounded."""

from datetime import datetime
from email.utils import parsedate_to_datetime

MINUTE, HOUR = 60.0, 3600.0
DELAYS_S = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
SPREAD = 0.1
"""A delay is stretched or shortened by up to this share, so that a receiver's backlog does not come back at once."""
LONGEST_S = DELAYS_S[-1]


def delay_s(failures_count: int, *, jitter: float, retry_after_s: float | None = None) -> float | None:
    """Seconds to wait after the failures so far, or None when the schedule is used up.

    failures_count  at least 1
    jitter          0.0 … 1.0, where in the spread to land
    retry_after_s   what the receiver asked for: lengthens the wait up to a day, never shortens it
    """
    if failures_count > len(DELAYS_S):
        return None
    planned = DELAYS_S[failures_count - 1] * (1 - SPREAD + 2 * SPREAD * jitter)
    return max(planned, min(retry_after_s or 0.0, LONGEST_S))


def asked_wait_s(retry_after: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3), None when it is absent or makes no sense."""
    if retry_after is None:
        return None
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_S)
    try:
        moment = parsedate_to_datetime(value)
        return max((moment - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
