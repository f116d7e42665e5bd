"""Numbers as they are written: digits with separators, powers of ten, Chinese numerals, 万 and million."""

import math
import re
from typing import NamedTuple

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_SHARES = {"百分之": (1.0, "%"), "千分之": (1.0, "‰"), "万分之": (0.01, "%")}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SCALES = {
    "万亿": 1e12, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5,
    "万": 1e4, "千": 1e3, "百": 1e2,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_POWER = r"(?:\^[-+]?\d{1,18}|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,18})"
_NUMBER = re.compile(
    rf"10(?P<power>{_POWER})"
    rf"|(?P<mantissa>{_PLAIN})(?:\s?[×xX*]\s?10(?P<times>{_POWER})|[eE](?P<exponent>[-+]\d{{1,18}}(?![\d.])|\d{{1,18}}(?![a-zA-Z0-9_.])))?"
)
_LONGEST = 24
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_WORD = re.compile(rf"(?:{'|'.join(_WORDS)})(?![a-z])", re.IGNORECASE)
_NUMERAL = re.compile(
    "半|(?P<whole>[零〇一二两三四五六七八九十百千万亿]+)(?:点(?P<decimals>[零〇一二三四五六七八九]{1,9})(?![十百千分点半]))?"
)
_SCALE = re.compile(rf"\s?(?P<scale>{'|'.join(_SCALES)})(?![a-z])[余多]?", re.IGNORECASE)


class Number(NamedTuple):
    """A number read at some place in a text, with the unit that 百分之 and its like carry."""

    value: float
    end: int
    unit: str | None = None


def chinese_value(numeral: str) -> float | None:
    """十二 → 12, 三万五千 → 35000, 二〇二六 → 2026; None for what is no numeral (万千) or absurdly long."""
    if numeral == "半":
        return 0.5
    if len(numeral) > _LONGEST:
        return None
    if all(c in _DIGITS for c in numeral):
        return float("".join(str(_DIGITS[c]) for c in numeral))
    if numeral[0] not in _DIGITS and numeral[0] != "十":
        return None
    total, section, digit = 0, 0, 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _PLACES:
            section += (digit or 1) * _PLACES[c]
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[c]
            section = digit = 0
    return float(total + section + digit)


def _power(match: re.Match[str]) -> float:
    written = match["power"] or match["times"] or match["exponent"]
    if written is None:
        return 1.0
    return float(f"1e{int(written.translate(_SUPERSCRIPTS).lstrip('^'))}")


def read(text: str, start: int) -> Number | None:
    """The number written in digits at `start`; None when there is none or it is too large for a float."""
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    value = float((match["mantissa"] or "1").replace(",", "")) * _power(match)
    return Number(value, match.end()) if math.isfinite(value) else None


def read_chinese(text: str, start: int) -> Number | None:
    """The Chinese numeral at `start`, or 百分之 followed by a numeral of either kind."""
    for name, (factor, unit) in _SHARES.items():
        if text.startswith(name, start):
            inner = read(text, start + len(name)) or _numeral(text, start + len(name))
            return Number(inner.value * factor, inner.end, unit) if inner else None
    return _numeral(text, start)


def _numeral(text: str, start: int) -> Number | None:
    match = _NUMERAL.match(text, start)
    value = chinese_value(match["whole"] or match[0]) if match else None
    if match is None or value is None or not math.isfinite(value):
        return None
    decimals = "".join(str(_DIGITS[c]) for c in match["decimals"] or "")
    return Number(value + float(f"0.{decimals or 0}"), match.end())


def read_english(text: str, start: int) -> Number | None:
    """The English number word at `start`; "one" and "a" are left out as articles."""
    match = _WORD.match(text, start)
    return Number(float(_WORDS[match[0].lower()]), match.end()) if match else None


def scale(text: str, start: int) -> tuple[float, int]:
    """What 万 or million at `start` multiplies by, and where it ends; (1, start) when nothing is there."""
    match = _SCALE.match(text, start)
    return (_SCALES[match["scale"].lower()], match.end()) if match else (1.0, start)
