"""One digest a day whatever clocks do, nothing in quiet hours, and everything in the end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from notify.subscriptions.cadence import (
    USUAL,
    WEEK,
    Cadence,
    after_cap,
    after_quiet,
    month,
    month_end,
    next_digest,
    release,
)

# Summer time by an hour and by half an hour, at midnight, in the south, none at all, and a day that was left out.
ZONES = (
    *("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Casablanca"),
    *("America/Santiago", "Pacific/Apia", "Asia/Kathmandu", "UTC"),
)
BEGIN, SECONDS = datetime(2011, 12, 1, tzinfo=UTC), 19 * 365 * 86_400
MOMENTS = st.integers(0, SECONDS).map(lambda passed: BEGIN + timedelta(seconds=passed))
CLOCKS = st.times().map(lambda each: f"{each:%H:%M}")


@st.composite
def quiet_hours(draw: st.DrawFn) -> dict[str, Any]:
    begins = draw(CLOCKS)
    ends = draw(st.one_of(CLOCKS, st.just("24:00")).filter(lambda end: end != begins))
    days = draw(st.lists(st.sampled_from(WEEK), min_size=1, max_size=6, unique=True))
    return {"begins": begins, "ends": ends, "days": days}


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def cadence(**said: Any) -> Cadence:
    return Cadence.model_validate(said)


def test_without_settings_everything_goes_at_once() -> None:
    now = datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert release(USUAL, now) == (now, False)


def digests(zone: str, hour: int, since: datetime, count: int, **more: Any) -> list[datetime]:
    asked, found = cadence(pace="daily", hour=hour, time_zone=zone, **more), [since]
    for _ in range(count):
        found.append(next_digest(asked, found[-1]))
    return found[1:]


@pytest.mark.parametrize(
    ("zone", "hour", "before", "expected"),
    [
        # 02:00 does not exist on 29 March 2026: once, as clocks show 03:00.
        ("Europe/Berlin", 2, "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:00"]),
        # 02:00 comes twice on 25 October 2026: the first time alone.
        ("Europe/Berlin", 2, "2026-10-24T12:00", ["2026-10-25T00:00", "2026-10-26T01:00"]),
        ("America/New_York", 1, "2026-10-31T12:00", ["2026-11-01T05:00", "2026-11-02T06:00"]),
        # 00:00 does not exist on 29 March 2026.
        ("Asia/Beirut", 0, "2026-03-28T12:00", ["2026-03-28T22:00", "2026-03-29T21:00"]),
        ("Asia/Shanghai", 8, "2026-03-28T08:00", ["2026-03-29T00:00", "2026-03-30T00:00"]),
    ],
)
def test_on_a_change_day_there_is_one_digest(zone: str, hour: int, before: str, expected: list[str]) -> None:
    found = digests(zone, hour, at(zone, before), 2)
    assert found == [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in expected]


@given(st.sampled_from(ZONES), st.integers(0, 23), MOMENTS)
def test_every_day_has_one_digest_and_days_follow_each_other(zone: str, hour: int, since: datetime) -> None:
    found = digests(zone, hour, since, 5)
    assert since < found[0]
    for before, after in zip([since, *found], found, strict=False):
        assert timedelta(0) < after - before <= timedelta(hours=49), "a day may be left out or last an hour more"


@given(st.sampled_from(ZONES), st.sampled_from(WEEK), st.integers(0, 23), MOMENTS)
def test_a_week_has_one_digest_on_its_day(zone: str, weekday: Any, hour: int, since: datetime) -> None:
    asked = cadence(pace="weekly", weekday=weekday, hour=hour, time_zone=zone)
    first = next_digest(asked, since)
    second = next_digest(asked, first)
    assert since < first <= since + timedelta(days=8)
    assert abs(second - first - timedelta(days=7)) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        ({"begins": "22:00", "ends": "07:00"}, "2026-03-02T21:59", "2026-03-02T21:59"),
        ({"begins": "22:00", "ends": "07:00"}, "2026-03-02T22:00", "2026-03-03T07:00"),
        ({"begins": "22:00", "ends": "07:00"}, "2026-03-03T06:59", "2026-03-03T07:00"),
        ({"begins": "22:00", "ends": "07:00"}, "2026-03-03T07:00", "2026-03-03T07:00"),
        ({"begins": "12:00", "ends": "14:00"}, "2026-03-03T13:00", "2026-03-03T14:00"),
        # Monday 2 March; the days are those on which quiet begins.
        ({"begins": "22:00", "ends": "07:00", "days": ["monday"]}, "2026-03-03T06:00", "2026-03-03T07:00"),
        ({"begins": "22:00", "ends": "07:00", "days": ["tuesday"]}, "2026-03-03T06:00", "2026-03-03T06:00"),
        ({"begins": "00:00", "ends": "24:00", "days": ["saturday", "sunday"]}, "2026-03-07T10:00", "2026-03-09T00:00"),
    ],
)
def test_in_quiet_hours_everything_waits_until_they_end(quiet: dict[str, Any], moment: str, until: str) -> None:
    asked = cadence(quiet=quiet)
    assert after_quiet(asked, at("Asia/Shanghai", moment)) == at("Asia/Shanghai", until)


def test_an_end_that_comes_twice_is_the_second() -> None:
    asked = cadence(quiet={"begins": "22:00", "ends": "02:30"}, time_zone="Europe/Berlin")
    assert after_quiet(asked, at("Europe/Berlin", "2026-10-25T00:00")) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(st.sampled_from(ZONES), quiet_hours(), MOMENTS)
def test_after_quiet_hours_it_is_not_quiet_and_what_is_not_quiet_goes_at_once(
    zone: str, quiet: dict[str, Any], moment: datetime
) -> None:
    asked = cadence(quiet=quiet, time_zone=zone)
    released = after_quiet(asked, moment)
    assert moment <= released <= moment + timedelta(days=8)
    assert after_quiet(asked, released) == released


@given(st.sampled_from(ZONES), quiet_hours(), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_quiet_hours_keep_the_order(zone: str, quiet: dict[str, Any], moment: datetime, later: timedelta) -> None:
    asked = cadence(quiet=quiet, time_zone=zone)
    assert after_quiet(asked, moment) <= after_quiet(asked, moment + later)


@given(st.sampled_from(ZONES), MOMENTS)
def test_a_month_ends_where_the_next_begins(zone: str, moment: datetime) -> None:
    asked = cadence(time_zone=zone, monthly_cap=1)
    end = month_end(asked, moment)
    assert moment < end <= moment + timedelta(days=32)
    assert month(asked, end - timedelta(seconds=1)) <= month(asked, moment) < month(asked, end)
    assert release(asked, moment, is_over_cap=True) == (end, True)


def test_what_a_month_has_no_room_for_comes_as_the_next_begins_or_with_its_first_digest() -> None:
    moment, zone = at("Asia/Shanghai", "2026-03-20T12:00"), "Asia/Shanghai"
    assert after_cap(cadence(), moment) == at(zone, "2026-04-01T00:00")
    assert after_cap(cadence(pace="daily", hour=8), moment) == at(zone, "2026-04-01T08:00")
    assert after_cap(cadence(pace="daily", hour=0), moment) == at(zone, "2026-04-01T00:00")
    assert after_cap(cadence(pace="weekly", weekday="monday"), moment) == at(zone, "2026-04-06T08:00")


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"time_zone": "asia/shanghai"}, ("time_zone",)),
        ({"time_zone": "localtime"}, ("time_zone",)),
        ({"time_zone": "+08:00"}, ("time_zone",)),
        ({"pace": "hourly"}, ("pace",)),
        ({"hour": 24}, ("hour",)),
        ({"weekday": "someday"}, ("weekday",)),
        ({"monthly_cap": 0}, ("monthly_cap",)),
        ({"remind_days": [0]}, ("remind_days", 0)),
        ({"remind_days": [31]}, ("remind_days", 0)),
        ({"quiet": {"begins": "22:00"}}, ("quiet", "ends")),
        ({"quiet": {"begins": "24:00", "ends": "07:00"}}, ("quiet", "begins")),
        ({"quiet": {"begins": "7:00", "ends": "08:00"}}, ("quiet", "begins")),
        ({"quiet": {"begins": "07:00", "ends": "07:00"}}, ("quiet",)),
        ({"quiet": {"begins": "00:00", "ends": "24:00"}}, ("quiet",)),
        ({"quiet": {"begins": "22:00", "ends": "07:00", "days": []}}, ("quiet", "days")),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(said: dict[str, Any], where: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        cadence(**said)
    assert [fault["loc"] for fault in refused.value.errors()] == [where]


def test_a_stored_zone_that_this_machine_does_not_know_stops_nobody() -> None:
    assert Cadence.read({"pace": "daily", "time_zone": "Asia/Utopia"}).time_zone == "Asia/Shanghai"


def test_a_mistyped_zone_is_answered_with_the_ones_that_look_like_it() -> None:
    with pytest.raises(ValidationError, match="Asia/Shanghai"):
        cadence(time_zone="asia/shanghai")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"hour": 3, "weekday": "friday", "time_zone": "UTC"}),
        ({"pace": "daily"}, {"pace": "daily", "weekday": "friday"}),
        ({"remind_days": [3, 7]}, {"remind_days": [7, 3, 7]}),
        (
            {"quiet": {"begins": "22:00", "ends": "07:00", "days": ["monday", "friday"]}},
            {"quiet": {"begins": "22:00", "ends": "07:00", "days": ["friday", "monday", "friday"]}},
        ),
    ],
)
def test_what_comes_to_the_same_is_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert cadence(**one).identity() == cadence(**other).identity()


def test_what_differs_is_another_cadence() -> None:
    said: list[dict[str, Any]] = [
        {}, {"pace": "daily"}, {"pace": "daily", "hour": 9}, {"pace": "weekly"}, {"pace": "daily", "time_zone": "UTC"},
        {"monthly_cap": 5}, {"remind_days": []}, {"quiet": {"begins": "22:00", "ends": "07:00"}},
    ]  # fmt: skip
    assert len({cadence(**each).identity() for each in said}) == len(said)
