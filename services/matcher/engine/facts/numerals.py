"""Numbers as they are written: digits with separators, powers of ten, Chinese numerals, 万 and million."""

import math
import re
from typing import NamedTuple

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_SHARE = re.compile(r"(?P<of>[零〇一二两三四五六七八九十百千万亿]{1,8})分之")
_LEAST, _MOST = 1e-200, 1e200
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
# 1/10000; not the 8/12t of two sizes, nor 5/2026.
_FRACTION = re.compile(r"(?<![\d./])(?P<top>\d{1,9})\s?/\s?(?P<bottom>\d{1,12})(?![\d/]|\.\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
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
    """The number or fraction written in digits at `start`; None when there is none that a float can hold."""
    if fraction := _FRACTION.match(text, start):
        top, bottom = int(fraction["top"]), int(fraction["bottom"])
        if bottom == 0:
            return None
        if (top == 1 or bottom in (100, 1000, 10**4, 10**5, 10**6)) and not _YEAR.fullmatch(fraction["bottom"]):
            return Number(top / bottom, fraction.end())
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    mantissa = float((match["mantissa"] or "1").replace(",", ""))
    value = mantissa * _power(match)
    is_held = mantissa == 0 or _LEAST <= abs(value) <= _MOST
    return Number(value, match.end()) if is_held else None


def past_nothing(text: str, start: int) -> int:
    """Where digits at `start` end that stand for no number (0/0, 1e-400), so that no part is read; else `start`."""
    match = _FRACTION.match(text, start) or _NUMBER.match(text, start)
    return match.end() if match and read(text, start) is None else start


def read_chinese(text: str, start: int) -> Number | None:
    """The Chinese numeral at `start`, or a share such as 百分之 or 三分之 followed by a numeral of either kind."""
    match = _SHARE.match(text, start)
    if match is None:
        return _numeral(text, start)
    written = match["of"]
    whole = chinese_value(written if written[0] in _DIGITS or written[0] == "十" else f"一{written}")
    inner = read(text, match.end()) or _numeral(text, match.end())
    if inner is None and text.startswith("百", match.end()) and not text.startswith("分之", match.end() + 1):
        inner = Number(100.0, match.end() + 1)
    if not whole or inner is None:
        return None
    return Number(inner.value, inner.end, "‰") if whole == 1000 else Number(inner.value * 100 / whole, inner.end, "%")


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
