"""Reads the figure a clause asks for, and of which metric."""

from dataclasses import dataclass

from common.contracts.clauses import Clause, Comparison
from matcher.engine.clauses import requirement
from matcher.engine.facts import intervals, measures, units
from matcher.engine.facts.intervals import Interval
from matcher.engine.facts.measures import Metric, Sense
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.units import TRL, Unit


@dataclass(frozen=True, slots=True)
class Target:
    """The figure of a clause. `name` is what it calls the metric, `phrase` the words around it that say of what,
    `metric` the known one meant, if any.
    """

    operator: Comparison
    allowed: Interval
    unit: Unit
    name: str
    phrase: str
    metric: Metric | None
    is_change: bool
    is_vague: bool

    @property
    def dimension(self) -> str:
        return "change" if self.is_change else self.unit.dimension

    @property
    def sense(self) -> Sense:
        if self.is_change:
            return Sense.MORE
        return self.metric.sense if self.metric else Sense.ANY


def target_of(clause: Clause) -> Target | None:
    """What a clause asks in figures, None when it asks for none. What its owner confirmed outranks its wording."""
    if clause.operator is None or clause.value is None:
        return None
    reading = requirement.main_figure(clause.text)
    unit = _unit(clause, reading)
    phrase = reading.name if reading else ""
    is_change = reading.is_change if reading else False
    metric, is_vague = (None, False) if is_change else _metric(clause, unit, reading)
    return Target(
        operator=clause.operator,
        allowed=intervals.interval(clause.operator, clause.value, clause.upper, unit),
        unit=unit,
        name=clause.metric or phrase or clause.text,
        phrase=phrase or clause.metric or clause.text,
        metric=measures.fitting(metric, unit),
        is_change=is_change,
        is_vague=is_vague,
    )


def _unit(clause: Clause, reading: Reading | None) -> Unit:
    """The unit of a clause's own field, as its words complete it: 吨 of 日处理量 is 吨/天, 度 of 电耗 is kWh."""
    symbol = clause.unit or ""
    unit, own = units.written(symbol), reading.quantity.unit if reading else None
    if own is None:
        return unit
    if own.dimension == "trl" and unit.dimension in ("grade", "number"):
        return TRL
    is_power = symbol == "度" and own.dimension.startswith("energy")
    return own if is_power or symbol == own.symbol or own.symbol.startswith(f"{symbol}/") else unit


def _metric(clause: Clause, unit: Unit, reading: Reading | None) -> tuple[Metric | None, bool]:
    """The metric named in the clause's field, else beside its figure, else anywhere in it; and whether vaguely."""
    named = measures.mentions(clause.metric or "", unit.dimension)
    for mention in reversed(named):
        if not mention.is_vague:
            return mention.metric, False
    if reading and reading.metric and units.is_comparable(reading.quantity.unit.dimension, unit.dimension):
        return reading.metric, reading.is_vague
    for mention in measures.mentions(clause.text, unit.dimension):
        if not mention.is_vague:
            return mention.metric, False
    return (named[-1].metric, True) if named else (None, False)
