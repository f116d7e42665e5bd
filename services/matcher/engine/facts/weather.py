"""Wind forces as speeds and sea states as wave heights, and the other way round (weather.tsv)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.engine.facts import measures
from matcher.engine.facts.measures import Metric
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.units import UNITS, Unit, compound


@dataclass(frozen=True, slots=True)
class _Scale:
    """Levels of `metric`. `unit` is the one of their bounds, `measured` what makes a figure in it one of them."""

    metric: Metric
    unit: Unit
    measured: re.Pattern[str]
    bounds: dict[int, tuple[float, float]]


def _bounds(name: str) -> dict[int, tuple[float, float]]:
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {int(level): (float(low), float(high)) for scale, level, low, high in rows if scale == name}


def _metric(word: str) -> Metric:
    return measures.mentions(word, "grade")[0].metric


SCALES = {
    "wind": _Scale(
        _metric("抗风"),
        compound(UNITS["m"], UNITS["s"], "m/s"),
        re.compile(r"风|\bwinds?\b", re.IGNORECASE),
        _bounds("wind"),
    ),
    "sea_state": _Scale(
        _metric("海况"), UNITS["m"], re.compile(r"[波浪]高|\bwave height", re.IGNORECASE), _bounds("sea_state")
    ),
}
_LEVEL = UNITS["级"]
_HALF = 0.5
_HEIGHT = re.compile("(?:有义|有效)?[波浪]高")


def readings(reading: Reading) -> Iterator[Reading]:
    """The level as what it stands for, anywhere between its bounds; a speed or height as the levels it covers."""
    if reading.quantity.upper is not None:
        return
    if reading.metric and reading.metric.name in SCALES and reading.dimension == "grade":
        scale = SCALES[reading.metric.name]
        if bounds := scale.bounds.get(int(reading.quantity.value)):
            yield _between(reading, *bounds, scale.unit, None)
        return
    for scale in SCALES.values():
        if reading.dimension == scale.unit.dimension and scale.measured.search(reading.name):
            value = reading.quantity.unit.to_base(reading.quantity.value) / scale.unit.factor
            whole = max((level for level, (_, high) in scale.bounds.items() if high <= value), default=0)
            # Part of the next level is covered too: whether that is enough is left open.
            yield _between(reading, whole, whole + 1 + _HALF, _LEVEL, scale.metric)


def _between(reading: Reading, low: float, high: float, unit: Unit, metric: Metric | None) -> Reading:
    quantity = replace(reading.quantity, value=low, upper=high, unit=unit, is_rough=True)
    name = _HEIGHT.sub("海况", reading.name) if metric else reading.name.replace("海况", "波高")
    return replace(reading, quantity=quantity, metric=metric, name=name)
