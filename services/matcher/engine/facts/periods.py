"""What is made or handled a day, a month and a year, as the interval that working days allow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.engine.facts.readings import Reading
from matcher.engine.facts.units import UNITS, Unit, compound

_WORK = "产|处理|生产|加工|检测|供|输送|吞吐|装卸|制|焚烧|消纳|服务|接待|运输"


@dataclass(frozen=True, slots=True)
class _Period:
    """`times` are the fewest and the most of them in a year."""

    word: str
    named: re.Pattern[str]
    times: tuple[float, float]


_PERIODS = (
    _Period(
        "日",
        re.compile(rf"(?:每[天日]|(?<![\d月作节假今昨次即生当])日均?|昼夜)(?=[^\d]{{0,6}}(?:{_WORK}))"),
        (250, 366),
    ),
    _Period("月", re.compile(rf"(?:每月|(?<![\d个])月均?)(?=[^\d]{{0,6}}(?:{_WORK}))"), (11, 13)),
    _Period("年", re.compile(rf"(?:每年|(?<![\d近当去今明])年均?)(?=[^\d]{{0,6}}(?:{_WORK}))"), (1, 1)),
)
_OF_ONE = re.compile("单[线台机套条班]|每[条台套班]")
"""What one of several makes tells nothing of the whole."""
_AMOUNTS = {"count", "mass", "volume", "times", "people", "box", "teu"}
_A_DAY = "/天"


def readings(reading: Reading) -> Iterator[Reading]:
    """The amount of one period as amounts of the others; nothing where the words name none."""
    quantity = reading.quantity
    amount = quantity.unit.dimension.removesuffix("/time")
    if amount not in _AMOUNTS or quantity.upper is not None or _OF_ONE.search(reading.name):
        return
    own = next((period for period in _PERIODS if period.named.search(reading.name)), None)
    bare = UNITS.get(quantity.unit.symbol.removesuffix(_A_DAY))
    if own is None or bare is None or (bare is not quantity.unit and own.word != "日"):
        return
    for other in _PERIODS:
        if other is not own:
            yield _over(reading, own, other, bare)


def _over(reading: Reading, own: _Period, other: _Period, bare: Unit) -> Reading:
    """At least as often as the fewest of the own period fit the most of the other, and the other way round."""
    value, (fewest, most), (least, greatest) = reading.quantity.value, own.times, other.times
    low, high = value * fewest / greatest, value * most / least
    is_rate = other.word == "日" and bare.dimension in ("mass", "volume", "box", "teu")
    unit = compound(bare, UNITS["天"], f"{bare.symbol}{_A_DAY}") if is_rate else bare
    quantity = replace(reading.quantity, value=low, upper=high, unit=unit, is_rough=True)
    return replace(reading, quantity=quantity, metric=None, name=own.named.sub(other.word, reading.name))
