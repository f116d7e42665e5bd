"""Numbers with units, ranges and comparisons, found in Chinese and English prose."""

import re
from dataclasses import dataclass, replace

from matcher.engine.facts import figures, numerals, units
from matcher.engine.facts.cue_words import Cue, leading, trailing, with_bound
from matcher.engine.facts.figures import Figure
from matcher.engine.facts.units import PLAIN, SERVICE_HOURS, TRL, Unit

# Full-width ASCII (but not ，), odd dashes and blanks: one code point for one, so offsets stay those of the original.
_FOLD = (
    {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i) != ","}
    | dict.fromkeys(map(ord, "−‐‑–"), "-")
    | dict.fromkeys(map(ord, "〜∼"), "~")
    | dict(zip(map(ord, "兩億萬負點幾貳參叄陸個餘"), "两亿万负点几贰叁叁陆个余", strict=True))
    | dict.fromkeys(map(ord, "\u3000\u00a0\u202f"), " ")
    | {code: " " for code in (*range(32), 127) if chr(code) not in "\n\r\t"}
)

_NOT_QUANTITIES = re.compile(
    r"(?:19|20)\d\d\s?年(?:度|底|末|初|前)?(?:\s?\d{1,2}\s?月(?:份|底|末|初)?(?:\s?\d{1,2}\s?[日号])?)?"
    r"|\d{1,2}月\d{1,2}[日号]"
    r"|(?<!\d)(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d-(?:19|20)\d\d(?!\d)年?"
    r"|(?:[A-Z]{1,8}/)?[A-Z]{1,8}(?:/[A-Z]{1,3})?\s?\d{3,6}(?:\.\d+)?[-—:](?:19|20)?\d\d(?!\d)"
    r"|\b(?:ISO|IEC|UL|EN|GB|IEEE|ASTM|GJB|HJ|IATF|AS|DNV)(?:/[A-Z]+)?\s?\d[\d.]*[A-Z]?(?![A-Za-z%])"
)
"""Dates and numbered standards."""

_CLOCK = re.compile(
    r"(?<![\d.])(?P<days>[57])\s?天?\s?[×xX*✕/]\s?(?P<hours>24|8)\s?(?:小时|h\b|hours?)?"
    r"|(?<![\d.])24\s?[×xX*/]\s?7(?!\d)(?:小时)?"
)
_SEPARATOR = re.compile(r"\s?(?:~{1,3}|-{1,3}|—{1,2}|至|到|to|and|与|和)\s?[+]?", re.IGNORECASE)
_TOLERANCE = re.compile(r"\s?(?:±|\+/-)\s?")
_SIGNS = ("≥", "≧", "⩾", ">=", "≤", "≦", "⩽", "<=")
_CONJUNCTIONS = {"and", "与", "和"}
_JOINED_BY_AND = re.compile(r"(?:between|介于|在)\s?$", re.IGNORECASE)
# 由26模降到8模, fell from 95 s to 41 s: the first figure is what was, not what is.
_WAS = re.compile(r"(?:由|从)(?:原来?的?|原先的?|目前的?|现在的?|以前的?)?(?:每\w)?\s?$")
_BECAME = re.compile(r"\w{0,2}(?:左右)?\s?(?:降|减|提|升|缩|增|压|下降|上升)")
_CHANGED_FROM = re.compile(
    r"\b(?:fall|fell|reduc|drop|cut|decreas|shorten|ris|rose|grew|grow|increas|improv|rais|went|down|up)\w*[^.;]{0,24}\bfrom\s?$",
    re.IGNORECASE,
)
_ROUGH_LENGTH = 16
_ROUGH_BEFORE = re.compile(
    r"(?:约|(?<![最附邻远])近|大概|大致|\b(?:about|approx(?:imately|\.)?|around|roughly|nearly|almost|circa))(?:为|达)?\s?$",
    re.IGNORECASE,
)
_ROUGH_AFTER = re.compile(r"\s?(?:左右|上下|or so\b)")
# 在1.5特斯拉以下永磁场中: under what conditions, not how much.
_CONDITION_AFTER = re.compile(r"[^,，。;；、]{0,8}?(?:中|下|时|环境|条件)")
_ANY_NUMBER = re.compile(
    rf"\d+|[{numerals.NUMERALS}半]+|\b(?:[tT](?:wo|hree|en|w)|[fF](?:our|ive|if|or)|[sS](?:ix|even)|[eE](?:ight|lev)|[nN]ine)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a text: `text[start:end]` holds it with its comparison words, `text[figure_start:]` the number.

    `upper` is there for a range (8~15t) and for a tolerance around a value (20±0.5mm), whose `cue` is then None.
    `is_rough` says that the figure is given as about so much (约95%, 30天左右), or lies anywhere in its range (数十台),
    `is_sign` that its bound is a sign of data sheets (≥, ≤), which give so what is warranted.
    """

    value: float
    upper: float | None
    unit: Unit
    cue: Cue | None
    start: int
    end: int
    figure_start: int
    is_rough: bool = False
    is_sign: bool = False


def fold(text: str) -> str:
    """The text with full-width ASCII, odd dashes and control characters made plain; the length never changes."""
    return text.translate(_FOLD)


def find(text: str) -> list[Quantity]:
    """The quantities of a text in order, none overlapping.

    A number with neither unit nor comparison is left out, and so is the former value of a change (由26模降到8模).
    """
    folded = fold(text)
    if not _ANY_NUMBER.search(folded):
        return []
    found = _service_hours(folded)
    masked = _masked(folded, [(q.start, q.end) for q in found])
    masked = _masked(masked, [match.span() for match in _NOT_QUANTITIES.finditer(masked)])
    position = 0
    while match := _ANY_NUMBER.search(masked, position):
        position = numerals.past_nothing(masked, match.start())
        if position > match.start():
            continue
        figure = figures.read(masked, match.start())
        quantity = _quantity(masked, figure) if figure else None
        if quantity:
            found.append(quantity)
        position = max(match.end(), quantity.end if quantity else figure.end if figure else 0)
    return sorted(found, key=lambda q: q.start)


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "\0" * (end - start)
    return "".join(characters)


def _service_hours(text: str) -> list[Quantity]:
    """7×24, 5×8小时, 24/7 as hours a week."""
    return [
        Quantity(
            float(m["days"] or 7) * float(m["hours"] or 24), None, SERVICE_HOURS, None, m.start(), m.end(), m.start()
        )
        for m in _CLOCK.finditer(text)
    ]


def _quantity(text: str, first: Figure) -> Quantity | None:
    before = text[max(0, first.start - 48) : first.start]
    if _WAS.search(before) and _BECAME.match(text, first.end):
        return None
    second = _second(text, first)
    if second and _CHANGED_FROM.search(before):
        first, second = second, None
    cue, start, end = _cue(text, first, second or first)
    if second and (share := _share_around(text, first, second)):
        first, second = share
    unit = (second.unit if second else None) or first.unit or _implied_unit(text, first, cue)
    if unit is None:
        return None
    if first.high is not None and second is None:
        return _approximate(replace(first, unit=unit), cue, start, end)
    value, upper = _ends(text, first, second, unit)
    is_rough = upper is None and _is_rough(text, first)
    is_sign = text.startswith(_SIGNS, start)
    return Quantity(value, upper, unit, None if second else cue, start, end, first.start, is_rough, is_sign)


def _approximate(figure: Figure, cue: Cue | None, start: int, end: int) -> Quantity:
    """数十台 as 20 to 100; with a bound the end of the interval that it keeps to for certain."""
    assert figure.unit is not None
    assert figure.high is not None
    if cue in (None, Cue.REACH):
        return Quantity(figure.value, figure.high, figure.unit, None, start, end, figure.start, is_rough=True)
    is_most = cue in (Cue.AT_MOST, Cue.LESS_THAN, Cue.NOT_EVEN)
    return Quantity(figure.high if is_most else figure.value, None, figure.unit, cue, start, end, figure.start)


def _is_rough(text: str, figure: Figure) -> bool:
    before = text[max(0, figure.start - _ROUGH_LENGTH) : figure.start]
    return bool(_ROUGH_BEFORE.search(before) or _ROUGH_AFTER.match(text, figure.end))


def _cue(text: str, first: Figure, last: Figure) -> tuple[Cue | None, int, int]:
    """A word after the number outranks 达到 before it; both belong to the quantity's span."""
    lead = leading(text, first.start) or (leading(text, first.lead) if first.lead >= 0 else None)
    trail = trailing(text, last.end)
    start, end = lead[1] if lead else first.start, trail[1] if trail else last.end
    if trail and text.endswith("在", 0, first.start) and _CONDITION_AFTER.match(text, trail[1]):
        return None, start, end
    cue = lead[0] if lead else None
    if trail and cue in (None, Cue.REACH):
        cue = trail[0]
    cue, end = with_bound(text, end, cue)
    return cue, start, end


def _implied_unit(text: str, figure: Figure, cue: Cue | None) -> Unit | None:
    """A bare number counts when it is compared, or when it is a share (mAP 0.93, 误码率1e-6).

    One with an unknown unit is no bare number: it compares with the same unit only.
    """
    if figures.is_trl(text, figure):
        return TRL
    is_compared = cue not in (None, Cue.REACH)
    if word := _UNKNOWN_UNIT.match(text, figure.end):
        return units.unknown(word["unit"]) if is_compared else None
    is_share = 0 < figure.value < 1 and not text[figure.start : figure.end].isdigit()
    is_round = figure.scale >= 1e4
    return PLAIN if is_share or is_round or is_compared else None


# 200GOPX, 5 Xb/s, 30炉; not the words of a sentence that goes on (0.9 on COCO, 200的).
_UNKNOWN_UNIT = re.compile(
    r"(?P<unit>[A-Za-zµμΩ][A-Za-z0-9µμΩ²³·]*(?:/[A-Za-z0-9²³]+)?"
    r"|(?<= )(?!(?-i:[A-Z][a-z]+|[A-Z]{1,2}\d|[a-z]+)\b)[A-Za-zµμΩ]{1,6}(?:/[A-Za-z]{1,6})?(?![A-Za-z]))"
)


def _second(text: str, first: Figure) -> Figure | None:
    """The other end of a range, or the tolerance, that begins with `first`."""
    if tolerance := _TOLERANCE.match(text, first.end):
        return figures.read(text, tolerance.end(), may_be_negative=False)
    separator = _SEPARATOR.match(text, first.end)
    if separator is None:
        return None
    is_conjunction = separator[0].strip().lower() in _CONJUNCTIONS
    if is_conjunction and not _JOINED_BY_AND.search(text[max(0, first.start - 9) : first.start]):
        return None
    return _signed(text, separator.end())


def _signed(text: str, start: int) -> Figure | None:
    """The second figure of a range, which may have a minus of its own (-40~-10℃)."""
    sign = next((sign for sign in ("-", *figures.BELOW_ZERO) if text.startswith(sign, start)), "")
    figure = figures.read(text, start + len(sign), may_be_negative=False)
    return replace(figure, value=-abs(figure.value), start=start) if figure and sign else figure


def _share_around(text: str, first: Figure, second: Figure) -> tuple[Figure, Figure] | None:
    """380V±10% as 380V±38V; None where the tolerance is an amount already."""
    if not _TOLERANCE.match(text, first.end) or first.unit is None or second.unit is None:
        return None
    if second.unit.dimension != "ratio" or first.unit.dimension == "ratio":
        return None
    amount = abs(first.value) * second.unit.to_base(second.value)
    return first, replace(second, value=amount, unit=first.unit)


def _ends(text: str, first: Figure, second: Figure | None, unit: Unit) -> tuple[float, float | None]:
    if second is None:
        return first.value, None
    if _TOLERANCE.match(text, first.end):
        return first.value - abs(second.value), first.value + abs(second.value)
    low, high = _low(first, second, unit), second.value
    return (low, high) if low <= high else (high, low)


def _low(first: Figure, second: Figure, unit: Unit) -> float:
    """The first end in the unit of the second: 500万-3000万元, 5-10万台, 0.5~2km, 800g~1.2kg."""
    if first.scale == 1.0 and (first.unit is None or second.unit is None):
        return first.value * second.scale
    if first.unit and first.unit.dimension == unit.dimension:
        return first.unit.to_base(first.value) / unit.factor - unit.offset
    if first.unit is None and unit.symbol.startswith("亿"):
        return first.value / 1e8
    if first.unit is None and unit.symbol.startswith("万"):
        return first.value / 1e4
    return first.value
