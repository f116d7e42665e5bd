"""Working days are counted by the published holidays, and beyond them by weekends alone, which is said."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.days import ZONE
from matcher.calendar import working_days
from matcher.calendar.working_days import Calendar

CALENDAR = working_days.published()
KNOWN = st.dates(date(2025, 1, 1), date(2026, 12, 31))


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        ("2026-02-16", False),  # the Spring Festival, a Monday
        ("2026-02-14", True),  # a Saturday that makes up for it
        ("2026-02-24", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2025-10-08", False),
        ("2025-01-26", True),
        ("2026-11-30", True),
    ],
)
def test_a_day_is_worked_or_free_as_the_notice_says(day: str, is_working: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is is_working


@pytest.mark.parametrize(
    ("since", "days", "on", "is_provisional"),
    [
        ("2026-02-13", 1, "2026-02-14", False),
        ("2026-02-13", 2, "2026-02-24", False),
        ("2026-09-30", 1, "2026-10-08", False),
        ("2026-09-30", 3, "2026-10-10", False),
        ("2026-12-30", 1, "2026-12-31", False),
        ("2026-12-31", 1, "2027-01-01", True),  # by weekends alone: that it is New Year is not published
        ("2026-12-31", 0, "2026-12-31", False),
    ],
)
def test_due_days_are_counted(since: str, days: int, on: str, is_provisional: bool) -> None:
    due = CALENDAR.after(noon(since), days)
    assert (due.on.isoformat(), due.is_provisional) == (on, is_provisional)


def test_a_day_begins_and_ends_in_shanghai() -> None:
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight of the third in Shanghai
    due = CALENDAR.after(late, 1)
    assert due.on == date(2026, 3, 4)
    assert due.ends_at.astimezone(UTC) == datetime(2026, 3, 4, 16, tzinfo=UTC)


@given(KNOWN, st.integers(1, 30))
def test_the_span_holds_as_many_working_days_as_were_counted(day: date, days: int) -> None:
    due = CALENDAR.after(noon(day.isoformat()), days)
    between = [day + timedelta(days=n) for n in range(1, (due.on - day).days + 1)]
    assert sum(map(CALENDAR.is_working, between)) == days
    assert CALENDAR.is_working(due.on)
    assert due.is_provisional == any(each.year not in CALENDAR.years for each in between)


@given(KNOWN, st.integers(1, 20))
def test_counting_back_finds_the_day_that_counting_on_started_from(day: date, days: int) -> None:
    if CALENDAR.is_working(day):
        assert CALENDAR.before(CALENDAR.after(noon(day.isoformat()), days).on, days) == day


def test_a_calendar_with_another_year_is_provisional_no_more() -> None:
    more = Calendar(CALENDAR.years | {2027}, {**CALENDAR.names, date(2027, 1, 1): "元旦"}, CALENDAR.worked)
    due = more.after(noon("2026-12-31"), 1)
    assert (due.on, due.is_provisional, more.last_year) == (date(2027, 1, 4), False, 2027)


@pytest.mark.parametrize(
    ("fault", "row"),
    [
        ("another year", {"year": 2027, "off": [["2026-12-31", "2027-01-01", "元旦"]], "work": []}),
        (
            "twice",
            {"year": 2027, "off": [["2027-01-01", "2027-01-02", "一"], ["2027-01-02", "2027-01-02", "二"]], "work": []},
        ),
        ("twice", {"year": 2027, "off": [["2027-01-02", "2027-01-02", "一"]], "work": ["2027-01-02"]}),
        ("worked anyway", {"year": 2027, "off": [], "work": ["2027-01-04"]}),
    ],
)
def test_a_faulty_year_is_refused(fault: str, row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=fault):
        working_days.read({"year": [row]})


def test_every_year_names_its_source() -> None:
    rows = tomllib.loads(working_days.FILE.read_text())["year"]
    assert all("国务院办公厅" in row["source"] for row in rows)
    assert {row["year"] for row in rows} == CALENDAR.years
