"""Dates, sums and places as a reader writes them."""

import csv
import math
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import common.sheets
from common.days import ZONE

A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
FEN = 100
TEN_THOUSAND = 10_000


def moment(said: str | None) -> datetime | None:
    """An API's time; None for none."""
    return datetime.fromisoformat(said.replace("Z", "+00:00")).astimezone(ZONE) if said else None


def date(said: str | None) -> str:
    found = moment(said)
    return f"{found:%Y-%m-%d}" if found else ""


def date_time(said: str | None) -> str:
    found = moment(said)
    return f"{found:%Y-%m-%d %H:%M}" if found else ""


def days_left(said: str | None, now: datetime) -> int | None:
    """Whole calendar days in China from today to the day that `last_day` names; negative once it is over, None without
    a deadline."""
    found = moment(said)
    return None if found is None else ((found - A_SECOND).date() - now.astimezone(ZONE).date()).days


def end_of_day(day: str) -> str:
    """The moment at which a day given as 2026-12-31 is over in China, as the APIs take it. Raises ValueError."""
    try:
        found = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZONE) + A_DAY
    except OverflowError:
        raise ValueError(day) from None
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_of(local: str) -> str:
    """A moment as a browser's field gives it, in China: 2026-12-31T09:30. Raises ValueError."""
    found = datetime.strptime(local[: len("2026-12-31T09:30")], "%Y-%m-%dT%H:%M").replace(tzinfo=ZONE)
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z")


def last_day(said: str | None) -> str:
    """The day whose end, or in which, a moment is: what `end_of_day` was given."""
    found = moment(said)
    return f"{found - A_SECOND:%Y-%m-%d}" if found else ""


def wan(fen: int | None) -> str:
    """A sum in units of 10,000 yuan: 1800000 fen is 1.8."""
    return "" if fen is None else f"{fen / FEN / TEN_THOUSAND:,.6f}".rstrip("0").rstrip(".")


def fen(wan_yuan: str) -> int | None:
    """What `wan` wrote; None for nothing. Raises ValueError."""
    said = number(wan_yuan)
    return None if said is None else round(said * FEN * TEN_THOUSAND)


def number(said: str) -> float | int | None:
    """None for nothing. Raises ValueError for what is no finite number."""
    plain = said.strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    found = float(plain)
    if not math.isfinite(found):
        raise ValueError(said)
    return int(found) if found.is_integer() else found


@cache
def divisions() -> dict[str, str]:
    """Names of places by their GB/T 2260 codes, as far as this deployment knows them."""
    path = Path(common.sheets.__file__).with_name("divisions.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file, delimiter="\t")}


def division(code: str | None) -> str:
    return divisions().get(code or "", code or "")
