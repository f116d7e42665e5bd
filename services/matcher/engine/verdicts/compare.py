"""Decides whether a stated figure meets an asked one, by what is wanted of the metric."""

import math
import re
from decimal import Decimal

from common.contracts.clauses import Comparison
from common.contracts.matcher import Outcome
from matcher.engine.clauses.target import Target
from matcher.engine.facts import cue_words, intervals, measures
from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.intervals import Interval
from matcher.engine.facts.measures import Sense
from matcher.engine.facts.readings import Reading

_MET, _MISSED, _OPEN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE


def outcome(wanted: Target, reading: Reading) -> Outcome:
    """Met, missed, or open when the stated figure allows both (asked ≥ 90 %, stated "85 % or more")."""
    sense = _sense(wanted, reading)
    offered = _offered(reading, sense)
    if wanted.metric == measures.DETECTION_LIMIT and (wanted.sense, wanted.operator) in _AGAINST:
        # 灵敏度不低于1ppm may mean what it says or "no worse than": only 1ppm itself meets both.
        bound = wanted.allowed.low
        return _MET if Interval(bound, bound).holds(offered) else _OPEN
    if wanted.operator in (Comparison.BETWEEN, Comparison.EQUAL):
        if sense is Sense.ANY and wanted.dimension in _STATES and wanted.allowed.holds(offered):
            return _MET
        return _against_range(wanted.allowed, offered, sense)
    if sense in (Sense.ROOM, Sense.COVER) and not (reading.quantity.is_rough or reading.quantity.cue in _LACKING):
        return _by_best(wanted.allowed, offered)
    met = _by_every(wanted.allowed, offered)
    return _MISSED if met is _OPEN and _is_warranted_less(wanted, reading) else met


def _is_warranted_less(wanted: Target, reading: Reading) -> bool:
    """Whether a data sheet warrants with the sign of the clause (≥200GOPS) less than is asked (≥100TOPS)."""
    signs = {Cue.AT_LEAST: Comparison.AT_LEAST, Cue.AT_MOST: Comparison.AT_MOST}
    quantity = reading.quantity
    return quantity.is_sign and quantity.cue is not None and signs.get(quantity.cue) is wanted.operator


_STATES = ("ratio", "acidity")
"""Dimensions in which a range says between what values a thing lies (含水率9%~11%), not what may be chosen."""
_LACKING = (Cue.SHORT, Cue.NOT_EVEN)
# 检测范围 is to be covered, 粒径1~5μm may be met from inside: what is not called a range is left open.
_SPAN = re.compile("范围|量程|适用|range", re.IGNORECASE)
_AGAINST = {
    (Sense.LESS, Comparison.AT_LEAST), (Sense.LESS, Comparison.MORE_THAN),
    (Sense.MORE, Comparison.AT_MOST), (Sense.MORE, Comparison.LESS_THAN),
}  # fmt: skip


def _sense(wanted: Target, reading: Reading) -> Sense:
    """What is wanted of the metric. One that is asked for against its nature is not the metric it seems, and a range of
    an unknown one (挂板周期6～36个月) is room to choose from, unless it is a share.
    """
    sense = wanted.sense if wanted.sense is not Sense.ANY else reading.sense
    if (sense, wanted.operator) in _AGAINST:
        sense = Sense.ANY
    if wanted.operator is Comparison.BETWEEN:
        return Sense.COVER if sense is Sense.ANY and _SPAN.search(wanted.phrase) else sense
    if sense is Sense.ANY and reading.quantity.upper is not None and wanted.dimension not in ("ratio", "change"):
        return Sense.ROOM
    return sense


def _offered(reading: Reading, sense: Sense) -> Interval:
    """A range or a bare figure stands for itself; "up to 60 t" of a capacity is a capacity of 60 t."""
    quantity = reading.quantity
    if quantity.is_rough and quantity.upper is None and quantity.cue in (None, Cue.REACH):
        doubt = _doubt(quantity.value)
        return intervals.interval(None, quantity.value - doubt, quantity.value + doubt, quantity.unit)
    if quantity.is_rough and quantity.upper is not None:
        low, high = (quantity.unit.to_base(end) for end in (quantity.value, quantity.upper))
        return Interval(low, high, is_high_open=True)
    operator = None
    if quantity.cue not in (Cue.REACH, Cue.WITHIN):
        operator = cue_words.comparison(quantity.cue, is_lower_better=sense is Sense.LESS)
    is_room = sense is Sense.ROOM and quantity.cue not in _LACKING
    if is_room and operator in (Comparison.AT_MOST, Comparison.LESS_THAN):
        operator = None
    return intervals.interval(operator, quantity.value, quantity.upper, quantity.unit)


def _doubt(value: float) -> float:
    """How far off a figure given as "about" may be: half of its last digit that counts, 5 % of it at most."""
    last = Decimal(f"{value:.12g}").normalize().as_tuple().exponent
    return min(10.0 ** int(last) / 2, abs(value) * 0.05)


def _by_every(allowed: Interval, offered: Interval) -> Outcome:
    if allowed.holds(offered):
        return _MET
    return _OPEN if allowed.meets(offered) else _MISSED


def _by_best(allowed: Interval, offered: Interval) -> Outcome:
    """The end of the offered range that comes nearest to what is asked decides."""
    best = offered.high if allowed.high == math.inf else offered.low
    if math.isinf(best):
        best = offered.low if allowed.high == math.inf else offered.high
        return _MET if allowed.holds(Interval(best, best)) else _OPEN
    return _MET if allowed.holds(Interval(best, best)) else _MISSED


def _against_range(wanted: Interval, offered: Interval, sense: Sense) -> Outcome:
    """8~15t of payload is met by 20t, -30~50℃ of working temperature by -40~60℃ only."""
    if math.isinf(offered.high) and not _is_surely_above(wanted, offered, sense):
        return _OPEN if wanted.meets(offered) else _MISSED
    if offered.holds(wanted) and not math.isinf(offered.low):
        return _MET
    is_point = offered.low == offered.high
    if sense is Sense.ROOM:
        return _MET if offered.high >= wanted.high else _MISSED
    if sense is Sense.COVER:
        return _OPEN if is_point and wanted.holds(offered) else _MISSED
    if sense is Sense.ANY and wanted.holds(offered) and not is_point:
        return _OPEN
    if wanted.holds(offered) or (sense is Sense.MORE and offered.low > wanted.high):
        return _MET
    if sense is Sense.LESS and offered.high < wanted.low:
        return _MET
    if sense is Sense.ANY and wanted.low == wanted.high:
        return _OPEN
    return _OPEN if wanted.meets(offered) else _MISSED


def _is_surely_above(wanted: Interval, offered: Interval, sense: Sense) -> bool:
    """Whether "60 and more" is beyond all that is asked of what is better the more there is."""
    return sense in (Sense.ROOM, Sense.MORE) and offered.low >= wanted.high
