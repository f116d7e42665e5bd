"""One number with the unit that belongs to it, whichever side of the number that unit is written on."""

import re
from dataclasses import dataclass

from matcher.engine.facts import numerals, units
from matcher.engine.facts.numerals import Number
from matcher.engine.facts.units import TRL, UNITS, Unit

_PER_BEFORE = re.compile(
    r"(?:每|per )\s?(?P<unit>\d{0,4}[^\W每\d]{1,3}?)\s?(?:可|能|不少于|不低于|处理|完成|达到|达|至少|≥|>=)*\s?$",
    re.IGNORECASE,
)
_STROKE = re.compile(r"\s?(?:/|每|\bper\b|\ba(?=\s(?:second|minute|hour|day|week|month|year)))\s?")
_TRL_BEFORE = re.compile(
    r"(?:TRL|技术成熟度|技术就绪[水平程]*度?|成熟度等级|readiness level)"
    r"(?:等级|级别|level)?\s?[^\d,，。;；、\n]{0,10}$",
    re.IGNORECASE,
)
_LEADS_ON = r"[^,，。;；、\d]{0,12}(?:\d[\d.]*\s?(?:~|-|至|到)\s?)?$"
# 吨水电耗 is per ton of water, which is a cubic metre; 日处理量 is per day.
_PER_TON = re.compile(
    rf"(?<![\d万千百十])吨(?P<of>[\u4e00-\u9fff]{{0,4}}?)(?:综合)?(?:[电能]耗|耗[电能]|用电){_LEADS_ON}"
)
_PER_TIME = re.compile(
    r"(?:(?P<day>(?<![\d月作节假今昨次即生当])日|每天|昼夜)|(?<!\d)(?P<hour>小时))(?:均|最大|设计|额定|可)*"
    rf"(?:处理|生产|产|加工|输送|吞吐|装卸|供水|制水|制氢|清洗){_LEADS_ON}"
)
_THROUGHPUT = {"mass", "volume", "box", "teu"}
_KELVIN = re.compile(r"\s?K(?![A-Za-z0-9次万个只台条元行人])")
_WARMTH_APART = re.compile(r"差|波动|精度|稳定|均匀|漂移|升温|温升|±")
_SEA_STATE = re.compile(r"(?:sea state|force|Beaufort)\s$", re.IGNORECASE)
_WARMTH = re.compile("[温热冷冻耐寒火]")
# What may stand under a stroke without being a known unit: 5mg/包, 200kB/packet. Not the 车号 of 8t/车型.
_UNKNOWN_BELOW = re.compile(r"[A-Za-zµμΩ][A-Za-z0-9µμΩ²³]{0,11}|[\u4e00-\u9fff](?![\u4e00-\u9fff])")
_RATED = {"time", "area", "volume", "mass"}
_COUNTED = {"count", "people", "times", "channel", "box", "frame", "grade", "request", "angle"}
_ROUND = 1e4
BELOW_ZERO = ("零下", "负", "minus ")
_VAGUE = set("个次种类项条处支方")


@dataclass(frozen=True, slots=True)
class Figure:
    """`scale` is what 万 or million multiplied the written number by; `value` includes it.

    `lead` is where the words before the figure end: at 每 in 不低于每小时5000颗, else at `start`. An approximate
    figure is at least `value` and below `high`.
    """

    value: float
    unit: Unit | None
    start: int
    end: int
    scale: float = 1.0
    lead: int = -1
    high: float | None = None


def read(text: str, start: int, *, may_be_negative: bool = True) -> Figure | None:
    """The figure whose first digit or numeral stands at `start` of folded text; its sign may stand before."""
    number = None if numerals.read_share(text, start) else numerals.read(text, start)
    if number is None:
        return _in_words(text, start)
    if _is_part_of_name(text, start):
        return None
    if below := _below_zero(text, start):
        return _with_unit(text, number._replace(value=-number.value), start - below)
    if may_be_negative and text.endswith("-", 0, start) and not _follows_word(text, start - 1):
        return _with_unit(text, number._replace(value=-number.value), start - 1)
    return _with_unit(text, number, start)


def _below_zero(text: str, start: int) -> int:
    """The length of the word before a number that makes it negative, 0 when there is none."""
    return next((len(word) for word in BELOW_ZERO if text.endswith(word, 0, start)), 0)


def is_trl(text: str, figure: Figure) -> bool:
    return bool(1 <= figure.value <= 9 and _TRL_BEFORE.search(text[max(0, figure.start - 24) : figure.start]))


def _is_part_of_name(text: str, start: int) -> bool:
    """IP67, H.264 and V2.0 are names; TRL6 is a level."""
    before = text[max(0, start - 1) : start]
    is_joined = before.isascii() and (before.isalnum() or before in ("_", ".", "^"))
    return is_joined and text[max(0, start - 3) : start].upper() != "TRL" and _code(text, start) is None


def _code(text: str, start: int) -> tuple[Unit, int] | None:
    """What a code written before a number says it is in, with where the code begins."""
    window = max(0, start - 16)
    for code in units.CODES:
        if match := code.before.search(text[window:start]):
            return code.unit, window + match.start()
    return None


def _follows_word(text: str, dash: int) -> bool:
    previous = text[dash - 1] if dash else " "
    return (previous.isascii() and previous.isalnum()) or previous in ")]%℃°\0-"


def _in_words(text: str, start: int) -> Figure | None:
    if about := numerals.read_approximate(text, start):
        figure = _with_unit(text, about, numerals.approximate_start(text, start))
        if figure.unit is not None:
            return figure
    number = numerals.read_chinese(text, start) or numerals.read_english(text, start)
    if number is None or text.endswith(("第", "之", "其"), 0, start):
        return None
    if number.unit:
        return Figure(number.value, UNITS[number.unit], start, number.end)
    if below := _below_zero(text, start):
        return _with_unit(text, number._replace(value=-number.value), start - below)
    figure = _with_unit(text, number, start)
    if figure.unit is None:
        return figure if figure.scale >= _ROUND else None
    return None if _is_article(figure.value, figure.unit) else figure


def _is_article(value: float, unit: Unit) -> bool:
    """一个, 两个 and 二次 are ways of speaking, not counts."""
    return (unit.dimension in _COUNTED and value < 2) or (unit.symbol in _VAGUE and value < 3)


def _with_unit(text: str, number: Number, start: int) -> Figure:
    """Longest unit first: 千瓦 is a unit, 千台 is a thousand pieces."""
    after, factor = _past_more(text, number.end), 1.0
    is_more = after > number.end
    if and_half := _AND_HALF.match(text, after):
        number, after = number._replace(value=number.value + 0.5), and_half.end() - len(and_half["unit"])
    found = units.below(text, after) if and_half else _unit_at(text, start, after)
    if found is None:
        factor, after = numerals.scale(text, after)
        is_more = is_more or text.endswith(_MORE, 0, after)
        more, after = numerals.tail(text, after, factor)
        number = number._replace(value=number.value + more / factor)
        found = _unit_at(text, start, after) if factor != 1.0 else None
    if found and found[0].symbol == "级" and number.value * factor >= _ROUND:
        number, after, factor = number._replace(value=number.value * factor / _ROUND), found[1], _ROUND
        found = None
    if found is None and (size := _SIZES.match(text, after)) and (last := _unit_at(text, start, size.end())):
        return Figure(number.value * factor, last[0], start, after, factor)
    if found is None:
        return _prefixed(text, number._replace(value=number.value * factor, end=after), start, factor)
    if numerals.half(text, found[1]):
        number, found = number._replace(value=number.value + 0.5 / factor), (found[0], found[1] + 1)
    unit, end = _per_after(text, found[0], found[1])
    unit, lead = _per_before(text, start, unit)
    high = number.value + numerals.last_place(number.value) if is_more else number.high
    unit, high = _per_named(text, start, unit), high and high * factor
    return Figure(number.value * factor, unit, start, end, factor, lead, high)


# The other sizes of 3000×1500 mm, which share its unit.
_SIZES = re.compile(r"(?:\s?[×xX*]\s?\d[\d.]*){1,2}(?![\d.])")
_MORE = ("余", "多")
_AND_HALF = re.compile(r"个半(?P<unit>小时|月|钟头|季度|星期)")


def _unit_at(text: str, start: int, after: int) -> tuple[Unit, int] | None:
    """The unit written at `after` of the figure that begins at `start`; what it means may hang on the words before."""
    position, before = _past_blank(text, after), text[max(0, start - 24) : start]
    if found := units.in_context(text, position, before):
        return found
    found = units.named(text, position) or _kelvin(text, start, after)
    return (TRL, found[1]) if found and found[0].symbol == "级" and _TRL_BEFORE.search(before) else found


def _kelvin(text: str, start: int, after: int) -> tuple[Unit, int] | None:
    """K where the words before speak of warmth; elsewhere it may be a thousand."""
    match, before = _KELVIN.match(text, after), text[max(0, start - 24) : start]
    if match is None or not _WARMTH.search(before):
        return None
    return (units.KELVIN_APART if _WARMTH_APART.search(before) else units.KELVIN), match.end()


def _per_named(text: str, start: int, unit: Unit) -> Unit:
    """吨水电耗0.4度 is 0.4 kWh/m³, 日处理量600吨 is 600 吨/天."""
    before = text[max(0, start - 32) : start]
    if unit.dimension == "energy" and (match := _PER_TON.search(before)):
        under = UNITS["m³" if "水" in match["of"] else "t"]
    elif unit.dimension in _THROUGHPUT and (match := _PER_TIME.search(before)):
        under = UNITS["天" if match["day"] else "小时"]
    else:
        return unit
    return units.compound(unit, under, f"{unit.symbol}/{under.symbol}")


_HYPHEN = re.compile(r"-(?=[A-Za-z]{3})")


def _past_blank(text: str, position: int) -> int:
    """Past the blank of 5 years and the hyphen of ten-year."""
    return position + (text.startswith(" ", position) or _HYPHEN.match(text, position) is not None)


def _past_more(text: str, position: int) -> int:
    """Past 余 and 多 of 300余台, not those of 余热."""
    is_other_word = text.startswith(("余热", "余压", "多种"), position)
    return position + (text.startswith(("余", "多"), position) and not is_other_word)


def _per_after(text: str, unit: Unit, end: int) -> tuple[Unit, int]:
    """The unit with what stands below one stroke or two (次/人/天)."""
    for _ in range(2):
        stroke = _STROKE.match(text, end)
        under = units.below(text, stroke.end()) if stroke else None
        if stroke and under is None and "/" in stroke[0]:
            under = _round_below(text, stroke.end(), unit) or _unknown_below(text, stroke.end())
        if under is None:
            break
        unit, end = units.compound(unit, under[0], f"{unit.symbol}/{under[0].symbol}"), under[1]
    return unit, end


_ROUND_BELOW = re.compile(r"10{1,4}\s?(?=[^\W\d_])")


def _round_below(text: str, start: int, top: Unit) -> tuple[Unit, int] | None:
    """kWh/100km; not the second size of 8t/10t."""
    times = _ROUND_BELOW.match(text, start)
    found = units.below(text, times.end()) if times else None
    if times is None or found is None or found[0].dimension == top.dimension:
        return None
    symbol, factor = f"{times[0].strip()}{found[0].symbol}", float(times[0]) * found[0].factor
    return Unit(symbol, found[0].dimension, factor), found[1]


def _unknown_below(text: str, start: int) -> tuple[Unit, int] | None:
    match = _UNKNOWN_BELOW.match(text, start)
    return (units.unknown(match[0]), match.end()) if match else None


def _per_before(text: str, start: int, unit: Unit) -> tuple[Unit, int]:
    """每秒30帧 is 30 帧/秒."""
    window = max(0, start - 16)
    match = _PER_BEFORE.search(text[window:start])
    under = units.written(match["unit"]) if match else None
    if match is None or under is None or under.dimension not in _RATED or "/" in unit.dimension:
        return unit, start
    return units.compound(unit, under, f"{unit.symbol}/{under.symbol}"), window + match.start()


def _prefixed(text: str, number: Number, start: int, scale: float) -> Figure:
    """A number without a unit of its own: money after ¥ or RMB, else bare."""
    if code := _code(text, start):
        return Figure(number.value, code[0], start, number.end, scale, code[1])
    if _SEA_STATE.search(text[max(0, start - 12) : start]):
        return Figure(number.value, UNITS["级"], start, number.end)
    head = text[max(0, start - 4) : start].rstrip(" ")
    for name, unit in units.PREFIXES.items():
        if head.upper().endswith(name):
            return Figure(number.value, unit, text.rindex(head[-len(name) :], 0, start), number.end, scale)
    return Figure(number.value, None, start, number.end, scale)
