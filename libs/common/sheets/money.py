"""Reads sums of money, by the words of money.toml, into whole fen."""

import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from common.sheets import numerals
from common.sheets.texts import compact

FILE = Path(__file__).parent / "money.toml"
_LIMITS = ("at_most", "at_least", "about")
_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|{numerals.RUN}"


class Money(NamedTuple):
    """A sum, or a range; None where it is open. Both in fen."""

    low: int | None
    high: int | None


class NoMoney(StrEnum):
    """Why a text is no sum that can be stored."""

    UNIT = "unit"
    SUM = "sum"
    FEN = "fen"
    ORDER = "order"


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _units() -> dict[str, int]:
    return {compact(unit): worth for unit, worth in table()["units"].items()}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(map(compact, words), key=len, reverse=True))


@cache
def _form() -> re.Pattern[str]:
    words, unit = table(), _any_of(_units())
    before = "|".join(f"(?P<{key}_before>{_any_of(words[key]['before'])})" for key in _LIMITS)
    behind = "|".join(f"(?P<{key}_behind>{_any_of(words[key]['behind'])})" for key in _LIMITS)
    return re.compile(
        rf"(?:{before}|:)*(?P<low>{_NUMBER})(?P<low_unit>{unit})?"
        rf"(?:(?:-|~|—|–|至|到)+(?P<high>{_NUMBER})(?P<high_unit>{unit})?)?(?:[(]?(?:{behind})[)]?)*"
    )


@lru_cache(4096)
def read(text: str, unit: str | None = None) -> Money | NoMoney:
    """The sum that a text says.

    unit  what the column's header says that plain numbers are: 万元
    """
    found = _form().fullmatch(compact(text))
    if found is None:
        return NoMoney.SUM
    last = found["high_unit"] or found["low_unit"] or compact(unit or "")
    if last not in _units():
        return NoMoney.UNIT
    low = _fen(found["low"], found["low_unit"] or last)
    high = _fen(found["high"], last) if found["high"] else low
    if low is None or high is None:
        return NoMoney.FEN
    if low > high:
        return NoMoney.ORDER
    if found["at_most_before"] or found["at_most_behind"]:
        return Money(None, high)
    return Money(low, None if found["at_least_before"] or found["at_least_behind"] else high)


def _fen(number: str, unit: str) -> int | None:
    amount = Decimal(number.replace(",", "")) if number[0].isascii() else Decimal(numerals.value(number) or 0)
    fen = amount * _units()[unit]
    return int(fen) if fen == int(fen) else None


WAN = 1_000_000
"""Fen in the unit 万元."""


def written(low: int | None, high: int | None) -> str:
    """A sum or a range in 万元, as `read` reads it back under such a header; empty when both sides are open.

    low, high  in fen
    """
    if low is None or high is None:
        limit = "不超过" if low is None else "不低于"
        return "" if low is high else limit + _wan(high if low is None else low)
    return _wan(low) if low == high else f"{_wan(low)}-{_wan(high)}"


def _wan(fen: int | None) -> str:
    return f"{(Decimal(fen or 0) / WAN).normalize():f}"
