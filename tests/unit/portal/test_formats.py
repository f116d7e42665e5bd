"""Dates, sums and places as a reader writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats

NOON = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("closes_at", "days"),
    [
        ("2026-12-01T15:59:59Z", 0),  # a second before midnight in China
        ("2026-12-01T16:00:00Z", 0),  # at the end of the day that `last_day` names
        ("2026-12-01T16:00:01Z", 1),
        ("2026-11-30T16:00:00Z", -1),
        ("2026-11-30T15:00:00Z", -1),
        (None, None),
    ],
)
def test_days_are_counted_as_the_calendar_in_china_has_them(closes_at: str | None, days: int | None) -> None:
    assert formats.days_left(closes_at, NOON) == days


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2999, 1, 1)))
def test_a_day_comes_back_as_it_was_given(day: date) -> None:
    assert formats.last_day(formats.end_of_day(f"{day:%Y-%m-%d}")) == f"{day:%Y-%m-%d}"


@given(st.integers(min_value=0, max_value=10**13))
def test_a_sum_comes_back_as_it_was_given(fen: int) -> None:
    assert formats.fen(formats.wan(fen)) == fen


@pytest.mark.parametrize("said", ["abc", "1e400", "nan"])
def test_what_is_no_sum_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        formats.fen(said)


def test_a_place_is_called_by_its_name_and_an_unknown_one_by_its_code() -> None:
    assert (formats.division("370211"), formats.division("999999"), formats.division(None)) == ("黄岛区", "999999", "")


def test_times_are_those_of_china() -> None:
    assert formats.date_time((NOON + timedelta(hours=13)).isoformat()) == "2026-12-02 01:00"
