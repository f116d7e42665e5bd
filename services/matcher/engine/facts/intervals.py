"""Intervals of base-unit values, with open and closed ends."""

import math
from dataclasses import dataclass

from common.contracts.clauses import Comparison
from matcher.engine.facts.units import Unit

_SLACK = 1e-9
# Far below the smallest units: a nanometre or a ppb is 1e-9, a nanogram 1e-12.
_NOTHING = 1e-15


@dataclass(frozen=True, slots=True)
class Interval:
    """The values a statement allows; an open end is not itself allowed. Ends may be infinite."""

    low: float
    high: float
    is_low_open: bool = False
    is_high_open: bool = False

    def holds(self, other: "Interval") -> bool:
        """Whether every value of `other` is allowed here too."""
        reaches_down = _is_below(self.low, other.low, is_strict=self.is_low_open and not other.is_low_open)
        reaches_up = _is_below(other.high, self.high, is_strict=self.is_high_open and not other.is_high_open)
        return reaches_down and reaches_up

    def meets(self, other: "Interval") -> bool:
        """Whether some value is allowed by both."""
        is_left = _is_below(self.low, other.high, is_strict=self.is_low_open or other.is_high_open)
        return is_left and _is_below(other.low, self.high, is_strict=other.is_low_open or self.is_high_open)


def _is_below(low: float, high: float, *, is_strict: bool) -> bool:
    if math.isclose(low, high, rel_tol=_SLACK, abs_tol=_NOTHING):
        return not is_strict
    return low < high


def interval(operator: Comparison | None, value: float, upper: float | None, unit: Unit) -> Interval:
    """What `operator` allows; without one, the value itself or the range up to `upper`."""
    base = unit.to_base(value)
    if upper is not None:
        return Interval(base, unit.to_base(upper))
    match operator:
        case Comparison.AT_LEAST:
            return Interval(base, math.inf)
        case Comparison.MORE_THAN:
            return Interval(base, math.inf, is_low_open=True)
        case Comparison.AT_MOST:
            return Interval(-math.inf, base)
        case Comparison.LESS_THAN:
            return Interval(-math.inf, base, is_high_open=True)
        case _:
            return Interval(base, base)
