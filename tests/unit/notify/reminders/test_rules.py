"""Each offset comes once, as the date comes near; what had passed when the date was set never does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.reminders.rules import DAY, are_due, days_left, next_at

CLOSES = datetime(2026, 6, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "left"),
    [(timedelta(days=3), 3), (timedelta(days=3, seconds=1), 4), (timedelta(hours=1), 1), (timedelta(0), 0)],
)
def test_begun_days_count(before: timedelta, left: int) -> None:
    assert days_left(CLOSES, CLOSES - before) == left


def test_the_next_moment_is_whole_days_before_the_date() -> None:
    assert next_at(CLOSES, CLOSES - timedelta(days=300)) == CLOSES - 30 * DAY
    assert next_at(CLOSES, CLOSES - 3 * DAY) == CLOSES - 2 * DAY
    assert next_at(CLOSES, CLOSES - timedelta(hours=20)) is None
    assert next_at(CLOSES, CLOSES + DAY) is None


@given(st.sets(st.integers(1, 30), max_size=5), st.integers(0, 60 * 24))
def test_each_offset_that_lies_ahead_comes_once(offsets: set[int], hours: int) -> None:
    at = CLOSES - timedelta(hours=hours)
    handled, reminded = days_left(CLOSES, at), 0
    ahead = {days for days in offsets if CLOSES - days * DAY > at}
    while (moment := next_at(CLOSES, at)) is not None:
        at, reached = moment, days_left(CLOSES, moment)
        reminded += are_due(offsets, reached=reached, handled=handled)
        handled = reached
    assert reminded == len(ahead)


def test_a_worker_that_comes_late_reminds_once() -> None:
    assert are_due({7, 3}, reached=2, handled=10)
    assert not are_due({7, 3}, reached=2, handled=3)
