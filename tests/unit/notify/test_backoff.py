"""Retries follow the published schedule, are spread out, and heed what the receiver asks for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify import backoff

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
JITTER = st.floats(0, 1)


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    minutes = [delay / 60 for delay in backoff.DELAYS_S]
    assert minutes == [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]


@given(failures=st.integers(1, 9), jitter=JITTER)
def test_a_delay_stays_within_a_tenth_of_the_schedule(failures: int, jitter: float) -> None:
    delay = backoff.delay_s(failures, jitter=jitter)
    assert delay is not None
    assert delay == pytest.approx(backoff.DELAYS_S[failures - 1], rel=0.1001)


@given(failures=st.integers(10, 1000), jitter=JITTER)
def test_after_nine_retries_there_is_none(failures: int, jitter: float) -> None:
    assert backoff.delay_s(failures, jitter=jitter, retry_after_s=1.0) is None


@given(failures=st.integers(1, 9), jitter=JITTER, asked=st.floats(0, 1e9))
def test_the_receiver_can_lengthen_a_wait_up_to_a_day_and_never_shorten_it(
    failures: int, jitter: float, asked: float
) -> None:
    alone = backoff.delay_s(failures, jitter=jitter)
    heeded = backoff.delay_s(failures, jitter=jitter, retry_after_s=asked)
    assert alone is not None
    assert heeded == max(alone, min(asked, 86_400.0))


def test_the_spread_is_used_from_end_to_end() -> None:
    assert [backoff.delay_s(1, jitter=jitter) for jitter in (0.0, 0.5, 1.0)] == pytest.approx([4.5, 5.0, 5.5])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("9" * 400, 86_400.0),
        (format_datetime(NOW + timedelta(minutes=3), usegmt=True), 180.0),
        (format_datetime(NOW - timedelta(days=3), usegmt=True), 0.0),
        ("Mon, 32 Foo 2026 99:00:00 GMT", None),
        ("Sun, 01 Mar 2026 08:00:10 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_ignored(header: str | None, seconds: float | None) -> None:
    assert backoff.asked_wait_s(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_schedule(header: str) -> None:
    asked = backoff.asked_wait_s(header, NOW)
    assert asked is None or asked >= 0
