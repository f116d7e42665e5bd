"""Numbers as they are written: digits with separators, powers of ten, Chinese numerals, 万 and million."""

import math
import re
from decimal import Decimal
from typing import NamedTuple

_CAPITAL = dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
"""Digits of cheques and contracts; 拾佰仟 go with them."""
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)) | _CAPITAL
_PLACES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8}
NUMERALS = "".join([*_DIGITS, *_PLACES, *_MYRIADS])
_SHARE = re.compile(rf"(?P<of>[{NUMERALS}]{{1,8}})分之")
_TENTHS = re.compile(
    r"(?P<tenths>[一二两三四五六七八九十](?:点(?P<tenth>[一二三四五六七八九]))?|\d(?:\.\d)?|10)成(?P<more>[一二三四五六七八九半])?(?![\u4e00-\u9fff]?[本品员果功熟立套不型为])"
)
"""九成五 is 95 %."""
_NINES = re.compile(r"(?P<count>[二两三四五六七八九2-9])个(?:9|九)(?![\d.月年个])")
"""四个9 is 99.99 %."""
_LEAST, _MOST = 1e-200, 1e200
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SCALES = {
    "万亿": 1e12, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5,
    "万": 1e4, "千": 1e3, "百": 1e2, "萬": 1e4, "仟": 1e3, "佰": 1e2,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip

# 1,100 also with the comma of Chinese prose, and 800 000; not the list 1，100mm or 20 300 of a table.
_PLAIN = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"
    r"|[1-9]\d{0,2}(?:，\d{3})+(?=(?:\.\d+)?\s?(?:[万亿]|元|千元))(?:\.\d+)?"
    r"|(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?![\d ]?\d)(?:\.\d+)?"
    r"|\d+(?:\.\d+)?)"
)
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
    rf"半|(?P<whole>[{NUMERALS}]+)(?:点(?P<decimals>[零〇一二三四五六七八九]{{1,9}})(?![十百千分点半]))?"
)
# 一百千瓦 is a hundred kilowatts: a place right after another belongs to the unit.
_UNIT_PLACE = re.compile("[十百千万亿][十百千]$")
_SCALE = re.compile(rf"\s?(?P<scale>{'|'.join(_SCALES)})(?![a-z])[余多]?", re.IGNORECASE)


class Number(NamedTuple):
    """A number read at some place in a text, with the unit that 百分之 and its like carry.

    An approximate one (数十, 三百余, 两三) is at least `value` and below `high`.
    """

    value: float
    end: int
    unit: str | None = None
    high: float | None = None


def chinese_value(numeral: str) -> float | None:
    """十二 → 12, 三万五千 → 35000, 二〇二六 → 2026; None for what is no numeral (万千) or absurdly long."""
    if numeral == "半":
        return 0.5
    if len(numeral) > _LONGEST:
        return None
    if all(c in _DIGITS for c in numeral):
        return float("".join(str(_DIGITS[c]) for c in numeral))
    if numeral[0] not in _DIGITS and numeral[0] not in "十拾":
        return None
    total, section, digit, last = 0, 0, 0, 10
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
            # 两千三 is 2300, 十三 is 13, 一千零三 is 1003.
            last = 10 if digit == 0 else last
        elif c in _PLACES:
            section += (digit or 1) * _PLACES[c]
            digit, last = 0, _PLACES[c]
        else:
            # 四亿五千万 adds to its 亿, 一万亿 multiplies its 万.
            high = total if total > _MYRIADS[c] and section + digit else 0
            total = high + (total - high + section + digit) * _MYRIADS[c]
            section, digit, last = 0, 0, _MYRIADS[c]
    return float(total + section + digit * (last // 10))


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
    mantissa = float(re.sub("[,， ]", "", match["mantissa"] or "1"))
    value = mantissa * _power(match)
    is_held = mantissa == 0 or _LEAST <= abs(value) <= _MOST
    return Number(value, match.end()) if is_held else None


# 13万2 and 3亿5 lead to the next place but one; 25万6千 adds what it says.
_TAIL = re.compile(
    r"(?P<places>(?:[1-9][千百十]){2,3})(?![\d.,%/~-])|(?P<rest>[1-9]\d{2,3})(?![\d.,%/~-])"
    r"|(?P<digit>[1-9])(?P<place>[千百十])?(?![\d.,%/~-]|[万亿])"
)


def tail(text: str, end: int, scale: float) -> tuple[float, int]:
    """What follows 万 of 13万2 (2000), with where it ends; (0, end) when nothing does."""
    match = _TAIL.match(text, end)
    if match is None or scale not in (1e4, 1e8) or not text.startswith(("万", "亿", "萬"), end - 1):
        return 0.0, end
    if match["rest"]:
        return float(match["rest"]), match.end()
    if match["places"]:
        pairs = zip(match["places"][::2], match["places"][1::2], strict=True)
        return sum(float(digit) * _PLACES[place] for digit, place in pairs) * (scale / 1e4), match.end()
    place = _PLACES[match["place"]] * (scale / 1e4) if match["place"] else scale / 10
    return float(match["digit"]) * place, match.end()


def half(text: str, end: int) -> bool:
    """Whether 半 follows a unit or 万 at `end` (一吨半, 三万半), and belongs to its number."""
    return text.startswith("半", end) and not text.startswith(_HALF_OF, end + 1)


_HALF_OF = tuple("导自径成年个天小月价数轴开封闭固钢挂软实永透")


def past_nothing(text: str, start: int) -> int:
    """Where digits at `start` end that stand for no number (0/0, 1e-400), so that no part is read; else `start`."""
    match = _FRACTION.match(text, start) or _NUMBER.match(text, start)
    return match.end() if match and read(text, start) is None else start


def read_chinese(text: str, start: int) -> Number | None:
    """The Chinese numeral at `start`, or a share such as 百分之 or 三分之 followed by a numeral of either kind."""
    if share := read_share(text, start):
        return share
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


def read_share(text: str, start: int) -> Number | None:
    """九成五, 三个9."""
    if match := _NINES.match(text, start):
        count = int(match["count"]) if match["count"].isdigit() else _DIGITS[match["count"]]
        return Number(float(f"99.{'9' * (count - 2)}" if count > 2 else 99), match.end(), "%")
    match = _TENTHS.match(text, start)
    if match is None:
        return None
    written = match["tenths"]
    tenths = float(written) if written[0].isascii() else (chinese_value(written[0]) or 0.0)
    tenths += _DIGITS[match["tenth"] or "零"] / 10
    more = 5 if match["more"] == "半" else _DIGITS[match["more"] or "零"]
    return Number(tenths * 10 + more, match.end(), "%") if tenths <= 10 else None


def _numeral(text: str, start: int) -> Number | None:
    match = _NUMERAL.match(text, start)
    if match is None:
        return None
    if cut := _UNIT_PLACE.search(match["whole"] or ""):
        value = chinese_value(match["whole"][: cut.start() + 1])
        return Number(value, start + cut.start() + 1) if value is not None else None
    value = chinese_value(match["whole"] or match[0])
    if value is None or not math.isfinite(value):
        return None
    decimals = "".join(str(_DIGITS[c]) for c in match["decimals"] or "")
    return Number(value + float(f"0.{decimals or 0}"), match.end())


# What comes before a place, or between it and a unit, to make a number approximate.
_TENFOLD = re.compile(
    r"(?:(?P<at_least>(?<![以之网线马海路晚早])上(?=[百千万亿]))|[数几])(?P<place>[十百千万亿]{1,3})(?!分|度搜)"
)
_TEENS = re.compile(r"(?P<tens>[二三四五六七八九]?十)几(?P<scale>[百千万亿]?)")
_NEIGHBOURS = re.compile(
    r"(?P<tens>十?)(?P<low>[一两二三四五六七八])(?P<high>[二三四五六七八九])(?P<place>[十百千万亿]{0,2})(?!线|[零一二三四五六七八九])"
)
_AND_MORE = re.compile(
    r"(?P<whole>[一两二三四五六七八九]?[十百千万亿](?:[一二三四五六七八九][十百千])*)[余多](?![种样余])(?P<scale>[万亿]?)"
)


def read_approximate(text: str, start: int) -> Number | None:
    """The number at `start`, or from the 上, 数 or 几 before it, that stands for an interval (上百, 十几, 百余)."""
    if match := _tenfold(text, start):
        place = _place(match["place"])
        return Number(place * (1 if match["at_least"] else 2), match.end(), high=place * 10)
    if match := _TEENS.match(text, start):
        tens, scale = chinese_value(match["tens"]) or 0.0, _place(match["scale"])
        return Number((tens + 1) * scale, match.end(), high=(tens + 10) * scale)
    if match := _AND_MORE.match(text, start):
        whole = match["whole"] if match["whole"][0] in _DIGITS or match["whole"][0] == "十" else f"一{match['whole']}"
        value, scale = chinese_value(whole) or 0.0, _place(match["scale"])
        return Number(value * scale, match.end(), high=(value + last_place(value)) * scale)
    match = _NEIGHBOURS.match(text, start)
    if match is None or not 1 <= _DIGITS[match["high"]] - _DIGITS[match["low"]] <= 2:
        return None
    tens, place = (10 if match["tens"] else 0), _place(match["place"])
    low, high = (tens + _DIGITS[match[end]] for end in ("low", "high"))
    return Number(low * place, match.end(), high=(high + 1) * place)


def _tenfold(text: str, start: int) -> re.Match[str] | None:
    return _TENFOLD.match(text, start - 1) if start else None


def approximate_start(text: str, start: int) -> int:
    """Where 上百 or 数十 begins whose place stands at `start`; else `start`."""
    return start - 1 if _tenfold(text, start) else start


def _place(written: str) -> float:
    """What 十万 multiplies by."""
    return math.prod(float((_PLACES | _MYRIADS)[c]) for c in written)


def last_place(value: float) -> float:
    """The place of the last digit that counts: 100 of 300, 0.1 of 2.4."""
    return 10.0 ** int(Decimal(f"{value:.12g}").normalize().as_tuple().exponent)


def read_english(text: str, start: int) -> Number | None:
    """The English number word at `start`; "one" and "a" are left out as articles."""
    match = _WORD.match(text, start)
    return Number(float(_WORDS[match[0].lower()]), match.end()) if match else None


def scale(text: str, start: int) -> tuple[float, int]:
    """What 万 or million at `start` multiplies by, and where it ends; (1, start) when nothing is there."""
    match = _SCALE.match(text, start)
    return (_SCALES[match["scale"].lower()], match.end()) if match else (1.0, start)
