"""When a delivery of a subscription may go, by what its owner set and the time; free of I/O."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NamedTuple, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from common import days
from common.contracts.envelope import TolerantModel
from common.fields import Whole, form, wrong
from common.vocabulary import READING, Vocabulary

DAY = timedelta(days=1)
DEFAULT_ZONE = days.ZONE.key
MOST_REMINDED_DAYS = 30


class Pace(Vocabulary):
    """Each piece of news by itself, or all of a day or week in one message."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


class Weekday(Vocabulary):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)
MIDNIGHT = "24:00"
"""The end of a day; no clock shows it."""
_CLOCK = form(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "give hours and minutes such as 22:00", "请填写时分，例如 22:00")
_CLOCK_OR_END = form(
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "give hours and minutes such as 07:00, or 24:00",
    "请填写时分，例如 07:00，或 24:00",
)


@cache
def _zones() -> frozenset[str]:
    """Names of places and UTC; those of one system, such as `localtime`, mean something else elsewhere."""
    return frozenset(name for name in available_timezones() if "/" in name) | {"UTC"}


def _known_zone(name: str, info: ValidationInfo) -> str:
    if name not in _zones() and info.context == READING:
        # Stored where time zones were newer, or older: what cannot be read must not keep everybody's messages back.
        return DEFAULT_ZONE
    if name not in _zones():
        near = get_close_matches(name, sorted(_zones()), n=3) or [DEFAULT_ZONE]
        raise wrong(
            f"give the name of a time zone (IANA) such as {', '.join(near)}",
            f"请填写时区名称（IANA），例如 {'、'.join(near)}",
        )
    return name


class QuietHours(TolerantModel):
    """From one time of day to another, past midnight where the end is not later; on the days on which it begins."""

    begins: Annotated[str, _CLOCK] = Field(examples=["22:00"])
    ends: Annotated[str, _CLOCK_OR_END] = Field(examples=["07:00"])
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = WEEK

    @model_validator(mode="after")
    def _leaves_time(self) -> Self:
        if self.begins == self.ends:
            raise wrong("give an end that differs from the beginning", "结束时间应不同于开始时间")
        if (self.begins, self.ends) == ("00:00", MIDNIGHT) and set(self.days) == set(WEEK):
            raise wrong("leave some hours in which messages may go, or pause", "请留出可以发送的时间，或暂停订阅")
        return self


class Cadence(TolerantModel):
    """How often and when a subscription tells of what there is to tell.

    A digest is one message with all that came since the last one; where nothing came there is none. In quiet hours
    everything waits until they end. Beyond `monthly_cap` messages in a calendar month the rest is gathered, and comes
    as one message when the month is over. Reminders of dates are in no digest and count towards no cap.
    """

    pace: Pace = Pace.IMMEDIATE
    hour: Whole = Field(8, ge=0, le=23, description="Of a digest.")
    weekday: Weekday = Field(Weekday.MONDAY, description="Of a weekly digest.")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(DEFAULT_ZONE, description="IANA name.")
    quiet: QuietHours | None = None
    monthly_cap: Whole | None = Field(None, ge=1, le=100_000, description="Messages in a calendar month at most.")
    remind_days: Annotated[
        tuple[Annotated[Whole, Field(ge=1, le=MOST_REMINDED_DAYS)], ...],
        Field(max_length=5, description="Days before a demand closes on which to remind of it; empty: never."),
    ] = (3,)

    @property
    def is_digest(self) -> bool:
        return self.pace in (Pace.DAILY, Pace.WEEKLY)

    def identity(self) -> str:
        """The same for cadences that come to the same, empty for the usual one."""
        timed = {
            "digest": [self.pace, self.hour, *([self.weekday] if self.pace is Pace.WEEKLY else [])],
            "quiet": [self.quiet.begins, self.quiet.ends, sorted(set(self.quiet.days))] if self.quiet else None,
            "cap": self.monthly_cap,
        }
        timed = {name: value for name, value in timed.items() if value and (name != "digest" or self.is_digest)}
        said: dict[str, Any] = {**timed, "zone": self.time_zone} if timed else {}
        if sorted(set(self.remind_days)) != list(USUAL.remind_days):
            said["remind"] = sorted(set(self.remind_days))
        return json.dumps(said, sort_keys=True) if said else ""


USUAL = Cadence()


class Release(NamedTuple):
    """From when on a delivery may go, and whether it goes with others in one message."""

    at: datetime
    is_gathered: bool


def release(cadence: Cadence, at: datetime, *, is_over_cap: bool = False) -> Release:
    """When what is due at a moment may go. `is_over_cap`: the month's messages are used up."""
    if is_over_cap:
        return Release(after_cap(cadence, at), is_gathered=True)
    if cadence.is_digest:
        return Release(next_digest(cadence, at), is_gathered=True)
    return Release(after_quiet(cadence, at), is_gathered=False)


def next_digest(cadence: Cadence, after: datetime) -> datetime:
    """The moment of the first digest after another moment: one for each day, or week, whatever clocks do."""
    zone = ZoneInfo(cadence.time_zone)
    for day in _days(after.astimezone(zone).date() - DAY, count=10):
        is_day = cadence.pace is Pace.DAILY or WEEK[day.weekday()] == cadence.weekday
        if is_day and (moment := _first(zone, day, time(cadence.hour))) > after:
            return moment
    raise AssertionError("every week has each of its days")


def after_quiet(cadence: Cadence, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if cadence.quiet is None:
        return at
    # Quiet days may follow each other; at most a week of them, as there is an hour that is none.
    for _ in range(8):
        end = _quiet_until(cadence.quiet, ZoneInfo(cadence.time_zone), at)
        if end is None:
            break
        at = end
    return at


def _quiet_until(quiet: QuietHours, zone: ZoneInfo, at: datetime) -> datetime | None:
    begins, ends = time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends.replace(MIDNIGHT, "00:00"))
    for day in _days(at.astimezone(zone).date() - DAY, count=2):
        end = _last(zone, day if ends > begins else day + DAY, ends)
        if WEEK[day.weekday()] in quiet.days and _first(zone, day, begins) <= at < end:
            return end
    return None


def month(cadence: Cadence, at: datetime) -> date:
    """The first day of the calendar month, where the subscription is."""
    return at.astimezone(ZoneInfo(cadence.time_zone)).date().replace(day=1)


def month_end(cadence: Cadence, at: datetime) -> datetime:
    following = (month(cadence, at) + 31 * DAY).replace(day=1)
    return _first(ZoneInfo(cadence.time_zone), following, time())


def after_cap(cadence: Cadence, at: datetime) -> datetime:
    """When what a month has no room for is told: as the next begins, or with the first digest in it."""
    end = month_end(cadence, at)
    return next_digest(cadence, end - timedelta(microseconds=1)) if cadence.is_digest else end


def _days(first: date, *, count: int) -> Iterator[date]:
    return (first + DAY * number for number in range(count))


def _first(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """When clocks first show it. What they leave out in spring is as long after the change as it would have been."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _last(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """When clocks last show it; in autumn they show an hour twice."""
    said = datetime.combine(day, clock, zone)
    return max(said.astimezone(UTC), said.replace(fold=1).astimezone(UTC))
