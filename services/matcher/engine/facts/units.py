"""Units of measurement as Chinese and English prose writes them, each with its dimension and factor to a base unit."""

import re
from dataclasses import dataclass

from matcher.engine.facts.unit_names import OTHER_WORDS, TABLE


@dataclass(frozen=True, slots=True)
class Unit:
    """`base = (value + offset) * factor`; two quantities compare only when their dimensions are equal.

    A compound dimension is written `mass/time`. A bare number has dimension `number`: 0.95 compares with 95 %.
    """

    symbol: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0

    def to_base(self, value: float) -> float:
        return (value + self.offset) * self.factor


PLAIN = Unit("", "number")
TRL = Unit("TRL", "trl")
SERVICE_HOURS = Unit("h/week", "service-hours")

_NOT_BEFORE = {unit: tuple(following) for unit, following in (pair.split(":") for pair in OTHER_WORDS.split())}

_FOREIGN_OFFSETS = {
    "°F": Unit("°F", "temperature", 5 / 9, -32.0),
    "℉": Unit("℉", "temperature", 5 / 9, -32.0),
    "华氏度": Unit("华氏度", "temperature", 5 / 9, -32.0),
    "kelvin": Unit("kelvin", "temperature", 1.0, -273.15),
    "开尔文": Unit("开尔文", "temperature", 1.0, -273.15),
}


def _table() -> dict[str, Unit]:
    units = dict(_FOREIGN_OFFSETS)
    for dimension, rows in TABLE.items():
        for factor, names in rows:
            for name in names.split():
                symbol = name.replace("_", " ")
                units[symbol] = Unit(symbol, dimension, factor)
    return units


UNITS = _table()
_LONGEST = max(map(len, UNITS))

_BELOW = {"月": UNITS["个月"], "时": UNITS["小时"], "分": UNITS["分钟"], "车": UNITS["辆"]}
"""Names that are units only below a stroke: 次/月, t/时."""

KELVIN = Unit("K", "temperature", 1.0, -273.15)
KELVIN_APART = Unit("K", "temperature")
"""Of a temperature, and of a difference between two."""

PREFIXES = {
    "¥": UNITS["元"], "￥": UNITS["元"], "RMB": UNITS["元"], "CNY": UNITS["元"], "人民币": UNITS["元"],
    "$": UNITS["美元"], "US$": UNITS["美元"], "USD": UNITS["美元"], "€": UNITS["欧元"], "EUR": UNITS["欧元"],
}  # fmt: skip
"""Currency written before the number."""


def _is_word_end(text: str, end: int) -> bool:
    last, following = text[end - 1], text[end : end + 1]
    if last.isascii() and last.isalnum():
        return not (following.isascii() and (following.isalnum() or following == "_"))
    return True


def named(text: str, start: int) -> tuple[Unit, int] | None:
    """The longest unit written at `start`, with its end."""
    for end in range(min(len(text), start + _LONGEST), start, -1):
        unit = UNITS.get(text[start:end]) or UNITS.get(text[start:end].lower() if end - start > 3 else "")
        if unit and _is_word_end(text, end) and not text.startswith(_NOT_BEFORE.get(unit.symbol, ()), end):
            return unit, end
    return None


def below(text: str, start: int) -> tuple[Unit, int] | None:
    """The unit at `start` of what follows a stroke or 每."""
    found = named(text, start)
    if found is None and (unit := _BELOW.get(text[start : start + 1])):
        return unit, start + 1
    return found


_ALIASES = {"K": "kelvin", "年限": "年", "RMB": "元", "CNY": "元", "分": "分钟"}


def written(symbol: str) -> Unit:
    """The unit a symbol stands for, compound ones too; an unknown one has a dimension of its own."""
    symbol = _ALIASES.get(symbol.strip(), symbol.strip())
    for special in (PLAIN, TRL, SERVICE_HOURS):
        if symbol == special.symbol:
            return special
    top, _, bottom = symbol.partition("/")
    if bottom and (over := _whole(top)) and (under := _whole(bottom)):
        return compound(over, under, symbol)
    return _whole(symbol) or Unit(symbol, f"?{symbol.lower()}")


def _whole(symbol: str) -> Unit | None:
    """A unit, also with 万 or a count before it: 万颗, 24h."""
    scaled = re.fullmatch(r"(?P<times>\d{1,4}|万|亿)?(?P<rest>.+)", symbol)
    if scaled is None:
        return None
    found = below(symbol, 0) or below(scaled["rest"], 0)
    if found is None or found[1] not in (len(symbol), len(scaled["rest"])):
        return None
    if found[1] == len(symbol):
        return found[0]
    times = _TIMES.get(scaled["times"] or "1") or float(scaled["times"])
    return Unit(symbol, found[0].dimension, found[0].factor * times)


_TIMES = {"1": 1.0, "万": 1e4, "亿": 1e8}


_BARE = {"ratio", "count", "people", "times", "channel", "box", "request", "frame", "pixel", "fold"}


def is_comparable(one: str, other: str) -> bool:
    """Whether figures of two dimensions measure the same: a bare number may be a share or a count."""
    return one == other or (one == "number" and other in _BARE) or (other == "number" and one in _BARE)


def compound(top: Unit, bottom: Unit, symbol: str) -> Unit:
    """`top` per `bottom`. A price or a time per piece stays one, so that it compares with a budget or a takt."""
    if bottom.dimension in ("count", "box") and top.dimension in ("money", "time"):
        return Unit(symbol, top.dimension, top.factor)
    return Unit(symbol, f"{top.dimension}/{bottom.dimension}", top.factor / bottom.factor)
