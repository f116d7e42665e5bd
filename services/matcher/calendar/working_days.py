"""Counts working days by the calendar of the file beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from common.days import begins_at, day_of

FILE = Path(__file__).with_name("holidays.toml")
_DAY = timedelta(days=1)


class DueDay(NamedTuple):
    """A last day, and whether a year whose holidays are not published yet was counted over, by weekends alone."""

    on: date
    is_provisional: bool

    @property
    def ends_at(self) -> datetime:
        """The moment after the day's last."""
        return begins_at(self.on + _DAY)


@dataclass(frozen=True)
class Calendar:
    """
    years   those whose holidays are published
    names   of free days, by day
    worked  Saturdays and Sundays on which people work
    """

    years: frozenset[int]
    names: Mapping[date, str]
    worked: frozenset[date]

    @property
    def last_year(self) -> int:
        return max(self.years)

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.names)

    def after(self, moment: datetime, days: int) -> DueDay:
        """The `days`-th working day after the day of `moment`, which does not count itself; `days` is 0 or more, and 0
        means the day itself. O(days)."""
        day, left, is_provisional = day_of(moment), days, False
        while left:
            day += _DAY
            is_provisional |= day.year not in self.years
            left -= self.is_working(day)
        return DueDay(day, is_provisional)

    def before(self, day: date, days: int) -> date:
        """The `days`-th working day before a day."""
        while days:
            day -= _DAY
            days -= self.is_working(day)
        return day


def read(document: Mapping[str, Any]) -> Calendar:
    """Raises ValueError when days of a year lie in another, come twice, or free days are said to be worked."""
    names: dict[date, str] = {}
    worked: set[date] = set()
    for year in document["year"]:
        spans = [(date.fromisoformat(first), date.fromisoformat(last), name) for first, last, name in year["off"]]
        free = {first + n * _DAY: name for first, last, name in spans for n in range((last - first).days + 1)}
        work = [date.fromisoformat(day) for day in year["work"]]
        if any(day.year != year["year"] for day in [*free, *work]):
            raise ValueError(f"{year['year']} names a day of another year")
        if len(free) != sum((last - first).days + 1 for first, last, _ in spans) or free.keys() & set(work):
            raise ValueError(f"{year['year']} names a day twice")
        if any(day.weekday() < 5 for day in work):
            raise ValueError(f"{year['year']} makes up on a day that is worked anyway")
        names |= free
        worked |= set(work)
    return Calendar(frozenset(year["year"] for year in document["year"]), names, frozenset(worked))


@cache
def published() -> Calendar:
    """The calendar that this release knows."""
    return read(tomllib.loads(FILE.read_text(encoding="utf-8")))
