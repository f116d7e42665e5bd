"""What follows from a stated figure by arithmetic: the rest of a share, the period of a rate, the change to a level."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from matcher.engine.facts import measures, periods, weather
from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.units import UNITS, Unit
from matcher.engine.words import tables

_PERCENT = UNITS["%"]
_YEAR_HOURS = 8766.0
_MIRRORED = {
    None: None, Cue.REACH: None, Cue.EQUAL: Cue.EQUAL, Cue.AT_LEAST: Cue.AT_MOST, Cue.AT_MOST: Cue.AT_LEAST,
    Cue.MORE_THAN: Cue.LESS_THAN, Cue.LESS_THAN: Cue.MORE_THAN,
}  # fmt: skip
"""The comparison of what falls when the stated figure rises; a cue that is absent here derives nothing."""
_RATES = {"count/time", "frame/time", "box/time"}
_CYCLE = re.compile(r"节拍|周期|单[件台片]|\b(?:takt|cycle)\b", re.IGNORECASE)
"""Words that make a time the period of a rate, and a rate that of one line."""
_PIECES = {
    "件": "count",
    "台": "count",
    "个": "count",
    "只": "count",
    "片": "count",
    "帧": "frame",
    "箱": "box",
    "次": "times",
}
_PER_PIECE = re.compile(r"/(?P<piece>[件台个只片帧箱次])$")
_OF_A_FRAME = re.compile(r"[每单](?P<piece>帧)[^,，。;；\d]{0,6}$")
_TO_LEVEL = re.compile(
    r"(?:(?P<verb>降低|减少|下降|缩短|提升|提高|增加|上升|压缩)?(?:至|到|为|是))?(?:原来|原先|改造前|以前|过去)的\s?$"
)
_DOWNTIME = re.compile(r"年(?:累计|平均|均|度)?(?:计划外)?(?:停机|宕机|中断|不可用|故障)(?:时间|时长)")


def _complements() -> dict[str, str]:
    """For each name of a share the first name of what it leaves, longest names first."""
    found: dict[str, str] = {}
    for line in complements():
        one, other = line[0].split(), line[1].split()
        found |= dict.fromkeys(one, other[0]) | dict.fromkeys(other, one[0])
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def complements() -> list[list[str]]:
    """The lines of complements.tsv."""
    return tables.rows(Path(__file__).with_name("complements.tsv"), width=3)


_COMPLEMENTS = _complements()
_SHARE_NAME = re.compile("|".join(_COMPLEMENTS))


def readings(text: str, stated: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that follow from those stated in `text`, each at the place of the one it follows from.

    A derived figure is of what its own words name, and gives way to one that is stated.
    """
    return tuple(
        replace(derived, is_derived=True)
        for reading in stated
        if reading.quantity.cue in _MIRRORED and not reading.is_change
        for derived in _of(text[max(0, reading.start - 2) : reading.quantity.figure_start], reading)
    )


def _of(before: str, reading: Reading) -> Iterator[Reading]:
    yield from weather.readings(reading)
    yield from periods.readings(reading)
    dimension = reading.quantity.unit.dimension
    if dimension in ("ratio", "fold") and (level := _TO_LEVEL.search(before)):
        yield _change(reading, level)
    elif dimension == "ratio":
        yield from _complement(reading)
    elif dimension in _RATES and _CYCLE.search(reading.name):
        yield _mirrored(replace(reading, metric=None), _inverse, UNITS["s"])
    elif dimension == "time" and (piece := _piece(before, reading)):
        rate = Unit(f"{piece}/s", f"{_PIECES[piece]}/time")
        yield _mirrored(replace(reading, metric=None), _inverse, rate)
    elif dimension == "time" and _DOWNTIME.search(reading.name):
        yield _availability(reading)


def _complement(reading: Reading) -> Iterator[Reading]:
    """漏检率 3% of 检出率 97%."""
    named = list(_SHARE_NAME.finditer(reading.name))
    if not named or not 0 <= reading.quantity.unit.to_base(reading.quantity.value) <= 1:
        return
    last = named[-1]
    name = f"{reading.name[: last.start()]}{_COMPLEMENTS[last[0]]}{reading.name[last.end() :]}"
    found = measures.mentions(name, "ratio")
    metric = found[-1].metric if found else None
    yield _mirrored(replace(reading, name=name, metric=metric), lambda base: 1 - base, _PERCENT)


def _piece(before: str, reading: Reading) -> str | None:
    """What a time is the period of: 件 of 节拍12秒/件, 帧 of 每帧22ms."""
    named = _PER_PIECE.search(reading.quantity.unit.symbol) if _CYCLE.search(reading.name) else None
    named = named or _OF_A_FRAME.search(before)
    return named["piece"] if named else None


def _inverse(base: float) -> float:
    return 1 / base if base else float("inf")


def _availability(reading: Reading) -> Reading:
    """可用性 of the hours a year that a thing may stand still."""
    named = replace(reading, metric=None, name=_DOWNTIME.sub("可用性", reading.name))
    return _mirrored(named, lambda base: 1 - base / 3600 / _YEAR_HOURS, _PERCENT)


def _change(reading: Reading, level: re.Match[str]) -> Reading:
    """降低 20% of 降低至原来的80%, 提升 1 倍 of 提升至原来的2倍."""
    base = reading.quantity.unit.to_base(reading.quantity.value)
    verb = level["verb"] or ("降低" if base < 1 else "提升")
    name = f"{_TO_LEVEL.sub('', reading.name)}{verb}"
    changed = replace(reading, name=name, metric=None, is_change=True, is_against_former=True)
    if base < 1:
        return _mirrored(changed, lambda value: 1 - value, _PERCENT)
    quantity = replace(reading.quantity, value=(base - 1) * 100, upper=None, unit=_PERCENT)
    return replace(changed, quantity=quantity)


def _mirrored(reading: Reading, turned: Callable[[float], float], unit: Unit) -> Reading:
    """The reading with `turned` values in `unit`; a range or a bound changes ends."""
    quantity = reading.quantity
    ends = [
        turned(quantity.unit.to_base(end)) / unit.factor for end in (quantity.value, quantity.upper) if end is not None
    ]
    low, high = min(ends), max(ends)
    value = replace(quantity, value=low, upper=high if quantity.upper is not None else None, unit=unit)
    return replace(reading, quantity=replace(value, cue=_MIRRORED[quantity.cue]))
