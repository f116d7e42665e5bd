"""Reads dates, by the patterns of dates.toml: what a text says is a stretch of days, often of one."""

import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from common.days import ZONE, begins_at
from common.sheets import numerals
from common.sheets.cells import Value
from common.sheets.texts import compact

FILE = Path(__file__).parent / "dates.toml"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TIME = re.compile(r"(?<=[\d日号])t?(?P<hour>[01]?\d|2[0-4])[:时点](?P<minute>[0-5]\d)?(?::[0-5]\d)?分?$")
_CUT = re.compile(r"[-~—–至到]+")
_SERIALS = range(36_526, 109_575)
"""Excel's numbers of the days from 2000 to 2199."""
_MACINTOSH_DAYS = 1462


class DaySpan(NamedTuple):
    """The first and the last day of a date; `minute` of the last day, counted from midnight, when a time is given."""

    first: date
    last: date
    minute: int | None = None

    @property
    def opens_at(self) -> datetime:
        return begins_at(self.first)

    @property
    def closes_at(self) -> datetime:
        """The minute that is said, else the end of the last day: the first moment of the next."""
        return begins_at(self.last) + timedelta(minutes=24 * 60 if self.minute is None else self.minute)


@dataclass(frozen=True)
class Spelling:
    """A row of the file."""

    id: str
    pattern: re.Pattern[str]
    yes: tuple[tuple[str, str, str], ...]
    no: tuple[str, ...]


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def spellings() -> tuple[Spelling, ...]:
    def any_of(key: str) -> str:
        return "|".join(sorted(map(re.escape, table()[key]), key=len, reverse=True))

    return tuple(
        Spelling(
            row["id"],
            re.compile(f"(?:{any_of('before')})*{row['pattern']}(?:{any_of('behind')})*"),
            tuple(map(tuple, row["yes"])),
            tuple(row["no"]),
        )
        for row in table()["date"]
    )


def read(value: Value, *, is_1904: bool = False) -> DaySpan | None:
    """The days that a cell says, None when it says none, or more than one reading is left.

    is_1904  plain numbers count days from 1904, not from 1900
    """
    match value:
        case bool() | None:
            return None
        case datetime():
            minute = value.hour * 60 + value.minute
            return DaySpan(value.date(), value.date(), minute or None)
        case date():
            return DaySpan(value, value)
        case int() | float():
            return _serial(value, is_1904) or (_text(str(value)) if isinstance(value, int) else None)
        case str():
            return _text(value)
    return None


def _serial(number: float, is_1904: bool) -> DaySpan | None:
    days = int(number) + (_MACINTOSH_DAYS if is_1904 else 0)
    if days not in _SERIALS:
        return None
    day = date(1899, 12, 30) + timedelta(days=days)
    return DaySpan(day, day, round(number % 1 * 24 * 60) or None)


def plain(text: str) -> str:
    """The text as the patterns expect it."""
    return numerals.arabic(compact(text)).replace("年年", "年").replace("月月", "月")


@lru_cache(4096)
def _text(text: str) -> DaySpan | None:
    if len(text) > 60:
        return None
    said = plain(text)
    if said.isdigit() and len(said) == 5:
        return _serial(int(said), is_1904=False)
    if (moment := _iso(text)) is not None:
        return moment
    time = _TIME.search(said)
    span = _one(said[: time.start()] if time else said) or _range(said)
    if span is None or time is None:
        return span
    return span._replace(minute=int(time["hour"]) * 60 + int(time["minute"] or 0))


def _iso(text: str) -> DaySpan | None:
    """A moment with its zone, as programs write it."""
    text = text.strip()
    if len(text) < 17 or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    local = moment.astimezone(ZONE) if moment.tzinfo else moment
    return DaySpan(local.date(), local.date(), local.hour * 60 + local.minute)


def _one(text: str) -> DaySpan | None:
    for spelling in spellings():
        if found := spelling.pattern.fullmatch(text):
            return days(found)
    return None


def _range(text: str) -> DaySpan | None:
    for cut in _CUT.finditer(text):
        left, right = text[: cut.start()], text[cut.end() :]
        begin = _one(left) or _one(f"{left}月")
        # 2026年3月1日～3月31日: the second leaves out what it shares with the first.
        shared = (left[:end] for end in (0, *(at + 1 for at, character in enumerate(left) if character in "年月")))
        end = next(filter(None, (_one(each + right) for each in shared)), None)
        if begin and end and begin.first <= end.last:
            return DaySpan(begin.first, end.last)
    return None


def days(found: re.Match[str]) -> DaySpan | None:
    """The days that the parts of a spelling name; None for a day there is not."""
    parts = {name: part for name, part in found.groupdict().items() if part}
    year = int(parts["y"]) if "y" in parts else 2000 + int(parts["yy"])
    first, last = _months(parts)
    try:
        if "d" in parts:
            day = date(year, first, int(parts["d"]))
            return DaySpan(day, day)
        begin, end = date(year, first, 1), date(year, last, monthrange(year, last)[1])
    except ValueError:
        return None
    return _within(DaySpan(begin, end), parts.get("part", ""))


def _months(parts: dict[str, str]) -> tuple[int, int]:
    if "en" in parts:
        return (month := _MONTHS.index(parts["en"]) + 1), month
    if "m" in parts:
        # Out of range stays so, for date() to refuse.
        return (month := int(parts["m"])), month
    if quarter := int(parts.get("q") or parts.get("q2") or 0):
        return 3 * quarter - 2, 3 * quarter
    if "h" in parts:
        return (1, 6) if parts["h"] == "上" else (7, 12)
    return 1, 12


def _within(span: DaySpan, part: str) -> DaySpan:
    match part[:1]:
        case "上" | "初":
            return DaySpan(span.first, span.first.replace(day=10))
        case "中":
            return DaySpan(span.first.replace(day=11), span.first.replace(day=20))
        case "下":
            return DaySpan(span.first.replace(day=21), span.last)
        case "底" | "末":
            return DaySpan(span.last, span.last)
    return span


def examples() -> list[tuple[str, str, str]]:
    """Every text of the file that is a date, with its first and last day."""
    rows = chain(table()["date"], table()["range"])
    return [tuple(each) for row in rows for each in row["yes"]]


def written(closes_at: datetime) -> str:
    """The day at whose end something closes, else the day and the minute, as `read` reads it back."""
    moment = closes_at.astimezone(ZONE)
    if (moment.hour, moment.minute) == (0, 0):
        return (moment.date() - timedelta(days=1)).isoformat()
    return moment.strftime("%Y-%m-%d %H:%M")
