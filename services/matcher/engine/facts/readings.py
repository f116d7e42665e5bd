"""What each figure of a text is about: the words beside it that name what was measured."""

import re
from dataclasses import dataclass, replace

from matcher.engine.facts import measures, quantities
from matcher.engine.facts.measures import Mention, Metric, Sense
from matcher.engine.facts.quantities import Quantity
from matcher.engine.words.memo import ByteBoundedCache, text_size

_BREAK = re.compile(r"[,，。;；!！?？\n\t:：、]|(?<=\D)\.\s")
_HEAD = re.compile(r"[^,，。;；!！?？\n\t:：、]+[:：]\s*$")
_BLANK = ' \t\n,，。;；:：、.()（）"“”'
_LETTER = re.compile(r"[^\W\d_]")
_CHANGED_ONLY = re.compile(r"\s?(?:减少|降低|节约|节省|压缩|缩短|增加|提升|提高)了?\s?")
"""减少60%人工录入 says after its figure what is less."""
_NEAR, _FAR = 24, 160
_READING_SIZE = 500
"""Bytes of a reading and its quantity without its name."""
_CONNECTED = re.compile(
    r"[^,，。;；\n]{0,24}$|[,，]\s?[^,，。;；\n]{0,2}[^,，。;；\n率度量距值数力]$|"
    r"[,，]\s?(?:现场|实测|实际|应用|运行|使用|目前|当前|现在|如今|生产环境|中|为|达|约|仅)+$"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity with the words that name it; `text[start:end]` spans both. `metric` is None for an unknown one, and a
    guess when the words are vague (时间, power).

    A change (延误降低23%) has dimension `change` and compares with changes only. One told by what was
    (降至原来的77%) is `is_against_former`. One that follows by arithmetic is `is_derived`.
    """

    quantity: Quantity
    metric: Metric | None
    name: str
    start: int
    end: int
    is_change: bool
    is_vague: bool = False
    is_against_former: bool = False
    is_derived: bool = False

    @property
    def dimension(self) -> str:
        return "change" if self.is_change else self.quantity.unit.dimension

    @property
    def sense(self) -> Sense:
        if self.is_change:
            return Sense.MORE
        return self.metric.sense if self.metric else Sense.ANY


def read(text: str) -> tuple[Reading, ...]:
    """One reading for each quantity of `text`, in order. Those of texts read lately are remembered."""
    return _remembered(text)


def _read(text: str) -> tuple[Reading, ...]:
    found = quantities.find(text)
    readings: list[Reading] = []
    for index, quantity in enumerate(found):
        left = found[index - 1].end if index else 0
        right = found[index + 1].start if index + 1 < len(found) else len(text)
        reading = _reading(text, quantity, left, right)
        if reading.metric is None and readings:
            reading = _inherited(text, reading, readings[-1])
        readings.append(reading)
    return tuple(readings)


_remembered = ByteBoundedCache(
    _read,
    size_of=lambda text, found: text_size(text) + sum(_READING_SIZE + text_size(reading.name) for reading in found),
    most_bytes=8 << 20,
)


def _reading(text: str, quantity: Quantity, left: int, right: int) -> Reading:
    left = max(left, quantity.start - _FAR)
    start, end = _segment_start(text, left, quantity.start), quantity.end
    before = text[start : quantity.start]
    after_end = _segment_end(text, quantity.end, right)
    after = text[quantity.end : after_end]
    mention, is_after = _nearest(before, after[:_NEAR], quantity.unit.dimension)
    if mention is None and (own := measures.mentions(quantity.unit.symbol, quantity.unit.dimension)):
        mention = own[0]
    name = before
    if mention and is_after:
        name, end = f"{before}{after[: mention.end]}", quantity.end + mention.end
    elif not _LETTER.search(before):
        name, end = after, after_end
    elif _CHANGED_ONLY.fullmatch(before):
        name, end = f"{before}{after}", after_end
    is_change = quantity.unit.dimension in ("ratio", "fold") and measures.is_change(text[left : quantity.start])
    metric, is_vague = (mention.metric, mention.is_vague) if mention else (None, False)
    metric = measures.fitting(metric, quantity.unit)
    return Reading(quantity, metric, name.strip(_BLANK), start, end, is_change, is_vague)


def _nearest(before: str, after: str, dimension: str) -> tuple[Mention | None, bool]:
    """The last metric named before the figure, else the first after it; a vague name only when there is no other."""
    earlier, later = measures.mentions(before, dimension), measures.mentions(after, dimension)
    for is_vague in (False, True):
        for mention in reversed(earlier):
            if mention.is_vague is is_vague:
                return mention, False
        for mention in later:
            if mention.is_vague is is_vague:
                return mention, True
    return None, False


def _inherited(text: str, reading: Reading, previous: Reading) -> Reading:
    """98.7% by day and 97.9% at night, 下行150Mbps，上行20Mbps: the second figure is of the first one's metric."""
    between = text[previous.quantity.end : reading.quantity.start]
    is_same = previous.dimension == reading.dimension and _CONNECTED.match(between)
    return replace(reading, metric=previous.metric) if is_same else reading


def _segment_start(text: str, left: int, end: int) -> int:
    """Where the words begin that lead to a figure; a heading with a colon belongs to them when nothing else does."""
    start = left
    for match in _BREAK.finditer(text, left, end):
        if _LETTER.search(text[match.end() : end]):
            start = match.end()
        elif head := _HEAD.search(text[left : match.end()]):
            start = left + head.start()
    while start < end and text[start] in _BLANK:
        start += 1
    return start


def _segment_end(text: str, start: int, right: int) -> int:
    match = _BREAK.search(text, start, right)
    return match.start() if match else right
