"""Reads one sentence of a demand as a clause: its kind, whether it binds, and the figure it asks for."""

import re
from collections.abc import Sequence

from common.contracts.clauses import Clause, ClauseKind, Comparison
from matcher.engine.clauses import cues, exclusions, metric_names
from matcher.engine.clauses.exclusions import Aside
from matcher.engine.facts import cue_words, identifiers, readings, sizes
from matcher.engine.facts.measures import Sense
from matcher.engine.facts.readings import Reading

_KIND_OF_METRIC = {
    **dict.fromkeys(("delivery", "warranty", "onsite", "repair"), ClauseKind.DELIVERY),
    **dict.fromkeys(("case", "team", "staff", "experience", "patent"), ClauseKind.QUALIFICATION),
    **dict.fromkeys(("price", "ticket"), ClauseKind.BUDGET),
    "retention": ClauseKind.DATA,
}
_KIND_OF_IDENTIFIER = {
    **dict.fromkeys(("等保", "密评"), ClauseKind.SECURITY),
    **dict.fromkeys(("能效", "电机能效", "计量准确度", "公差", "燃烧性能", "ul94", "防腐"), ClauseKind.PERFORMANCE),
    "sm": ClauseKind.SECURITY,
    "aes": ClauseKind.SECURITY,
    "ip": ClauseKind.STANDARD,
    "autonomy": ClauseKind.FUNCTION,
    "信创": ClauseKind.FUNCTION,
    **dict.fromkeys(("dicom", "hl7", "fhir", "gdpr"), ClauseKind.STANDARD),
    **dict.fromkeys(("opcua", "modbus", "mqtt", "profinet", "ethercat", "onvif"), ClauseKind.FUNCTION),
}
_NUMBERED = re.compile(r"^[a-z0-9./-]+ \S*\d")
_CERTIFIED = re.compile(r"认证|证书|体系|certif", re.IGNORECASE)
_MAX_UNIT = 20
_SENSE_OPERATOR = {
    Sense.MORE: Comparison.AT_LEAST,
    Sense.ROOM: Comparison.AT_LEAST,
    Sense.LESS: Comparison.AT_MOST,
    Sense.COVER: Comparison.EQUAL,
}


def read(text: str, *, section: str = "") -> Clause:
    """The clause one sentence states; `section` is the heading it stands under and helps to tell its kind."""
    named = identifiers.find(text)
    figure, size = main_figure(text), next(iter(sizes.find(text)), None)
    kind = _kind(text, figure, named, section)
    if size and kind is ClauseKind.FUNCTION:
        kind = ClauseKind.PERFORMANCE
    numbers = _numbers(figure) if figure else {}
    is_hard = _is_hard(text, figure, named) or bool(size and size.cue and not cues.SOFT.search(text))
    return Clause(kind=kind, text=text, is_hard=is_hard, **numbers)


def completed(clause: Clause) -> Clause:
    """A clause of which its owner gave the text alone, with the figure that free text would be read to ask for.

    What the owner did state stands: kind, whether it binds, and any metric or figure.
    """
    if clause.operator is not None or clause.metric is not None or clause.unit is not None:
        return clause
    figure = main_figure(clause.text)
    return clause.model_copy(update=_numbers(figure)) if figure else clause


def main_figure(text: str) -> Reading | None:
    """The figure a sentence turns on; digits inside the name of a standard or a grade, or of a size, are no figure.

    Nor are those of a mark before an item. Neither is the time in which it counts, nor a condition under which it does,
    unless nothing else is asked.
    """
    without_mark = cues.ITEM.sub(lambda mark: " " * len(mark[0]), text)
    without_time = exclusions.without(without_mark, Aside.WINDOW)
    return _turned_on(exclusions.without(without_time, Aside.CONDITION)) or _turned_on(without_time)


def _turned_on(text: str) -> Reading | None:
    others = [(named.start, named.end) for named in identifiers.find(text)]
    others += [(size.start, size.end) for size in sizes.find(text)]
    figures = [
        reading
        for reading in readings.read(text)
        if not any(start <= reading.quantity.figure_start < end for start, end in others)
    ]
    ranks = [_rank(reading) for reading in figures]
    best = min(ranks, default=_NO_FIGURE)
    return figures[ranks.index(best)] if best < _NO_FIGURE else None


_NO_FIGURE = 4
LEVELS = ("trl", "service-hours")
"""Dimensions whose figures ask for at least that much without a word of comparison."""


def _rank(reading: Reading) -> int:
    """How clearly a figure is the one a sentence turns on, 0 best. A grade (五级以上医院) tells whom, not how much."""
    if reading.quantity.is_rough and reading.quantity.upper is not None:
        return _NO_FIGURE
    is_level = reading.quantity.unit.dimension in LEVELS
    if (reading.quantity.cue is not None and reading.quantity.unit.dimension != "grade") or is_level:
        return 0
    if reading.metric is not None or reading.is_change:
        return 1
    if reading.quantity.cue is not None or _extreme(reading):
        return 2
    return 3 if reading.quantity.upper is not None else _NO_FIGURE


def is_asked(reading: Reading) -> bool:
    """Whether a figure of a demand asks for something: it is compared, a range, a level, or of a known metric."""
    is_level = reading.quantity.unit.dimension in LEVELS
    is_told = reading.quantity.cue is not None or reading.quantity.upper is not None
    return is_level or is_told or reading.is_change or reading.metric is not None or _extreme(reading) is not None


def operator(reading: Reading) -> Comparison | None:
    """What a demand's figure asks; a bare one goes by its metric (准确率95% at least, 时延50ms at most)."""
    if reading.quantity.upper is not None:
        return Comparison.BETWEEN
    asked = cue_words.comparison(reading.quantity.cue, is_lower_better=_is_lower_better(reading))
    if asked is None and reading.quantity.unit.dimension in LEVELS:
        return Comparison.AT_LEAST
    return asked or _SENSE_OPERATOR.get(reading.sense) or _extreme(reading)


def _extreme(reading: Reading) -> Comparison | None:
    """What a bare figure asks of a thing that is no known metric: 最高节拍20次/分 at least, 最低照度0.01lx at most."""
    if reading.metric is not None or reading.quantity.unit.dimension == "grade":
        return None
    match = _EXTREME.search(reading.name)
    return match and (Comparison.AT_LEAST if match[0][-1] in "高大" else Comparison.AT_MOST)


_EXTREME = re.compile(r"最[高大低小](?!于)")


def _is_lower_better(reading: Reading) -> bool:
    if reading.sense is Sense.ANY:
        return reading.quantity.unit.dimension in ("time", "length", "angle", "decibel") and "精" in reading.name
    return reading.sense is Sense.LESS


def _numbers(reading: Reading) -> dict[str, object]:
    asked = operator(reading)
    symbol = reading.quantity.unit.symbol
    if asked is None or len(symbol) > _MAX_UNIT:
        return {}
    return {
        "metric": metric_name(reading),
        "operator": asked,
        "value": reading.quantity.value,
        "upper": reading.quantity.upper,
        "unit": symbol or None,
    }


def metric_name(reading: Reading) -> str | None:
    """The words that name what is measured, without those that only lead to the number."""
    return metric_names.bare(reading.name)


def _is_hard(text: str, figure: Reading | None, named: Sequence[identifiers.Identifier]) -> bool:
    """A word of preference outweighs all; without any word a compared figure or grade binds and prose does not."""
    if cues.SOFT.search(text):
        return False
    compared = figure is not None and figure.quantity.cue not in (None, cue_words.Cue.REACH)
    graded = any(name.level is not None or name.parts for name in named) and _AT_LEAST_GRADE.search(text)
    return compared or bool(graded or cues.HARD.search(text))


_AT_LEAST_GRADE = re.compile(
    r"不(?:低|小|劣|次)于|优于|至少|[级类等\dC](?:及|或|\(含\))?以上|at least|or (?:higher|better|above)"
)


def _kind(text: str, figure: Reading | None, named: Sequence[identifiers.Identifier], section: str) -> ClauseKind:
    metric = figure.metric.name if figure and figure.metric else None
    if metric in _KIND_OF_METRIC:
        return _KIND_OF_METRIC[metric]
    if metric or (figure and (figure.is_change or figure.quantity.unit.dimension == "trl")):
        return ClauseKind.PERFORMANCE
    if named and (kind := _kind_of_identifiers(text, named)):
        return kind
    for kind, cue in cues.KINDS:
        if cue.search(text):
            return kind
    if "预算" in section and figure and figure.quantity.unit.dimension == "money":
        return ClauseKind.BUDGET
    if cues.DATA.search(text):
        return ClauseKind.DATA
    return ClauseKind.PERFORMANCE if figure else ClauseKind.FUNCTION


def _kind_of_identifiers(text: str, named: Sequence[identifiers.Identifier]) -> ClauseKind | None:
    first = named[0].key
    if first in _KIND_OF_IDENTIFIER:
        return _KIND_OF_IDENTIFIER[first]
    if _NUMBERED.match(first) and not _CERTIFIED.search(text):
        return ClauseKind.STANDARD
    return ClauseKind.QUALIFICATION
