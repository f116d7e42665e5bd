"""The quantities that demands and offers speak of, under their Chinese and English names, and which way is better."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from matcher.engine.facts.units import Unit, is_comparable
from matcher.engine.words import tables
from matcher.engine.words.memo import ByteBoundedCache, text_size

_FILE = Path(__file__).with_name("measures.tsv")
_CHANGES = Path(__file__).with_name("changes.tsv")


class Sense(StrEnum):
    """MORE, LESS: every value must be on the good side. ROOM: having more covers needing less, so the best value
    counts. COVER: the range offered must hold the range needed. ANY: nothing is known of the metric.
    """

    MORE = "more"
    LESS = "less"
    ROOM = "room"
    COVER = "cover"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Metric:
    """A named quantity; `dimensions` are those of units.tsv it is measured in."""

    name: str
    sense: Sense
    dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a metric is named; a vague name (时间, within) gives way to any other."""

    metric: Metric
    start: int
    end: int
    is_vague: bool


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A line of measures.tsv: a metric, its names (? marks vague ones), and texts whose figure is of it."""

    metric: Metric
    names: tuple[str, ...]
    examples: tuple[str, ...]


def rows() -> list[MetricLine]:
    """The lines of measures.tsv. Raises ValueError for a sense that is none."""
    return [
        MetricLine(
            Metric(name, Sense(sense), frozenset(dimensions.split())),
            (*tables.names(chinese), *tables.names(english)),
            tuple(examples.split("; ")),
        )
        for name, sense, dimensions, chinese, english, examples in tables.rows(_FILE, width=6)
    ]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line of changes.tsv: a pattern, texts whose share is a change by it, and near misses."""

    pattern: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


def changes() -> list[ChangeLine]:
    """The lines of changes.tsv."""
    return [
        ChangeLine(pattern, tuple(yes.split("; ")), tuple(no.split("; ")))
        for pattern, yes, no in tables.rows(_CHANGES, width=3)
    ]


_CHANGE = re.compile("|".join(f"(?:{line.pattern})$" for line in changes()), re.IGNORECASE)


def _by_name() -> dict[str, list[Metric]]:
    found: dict[str, list[Metric]] = {}
    for row in rows():
        for name in row.names:
            found.setdefault(name.lower(), []).append(row.metric)
    return found


_TABLED = _by_name()
_VAGUE = {word.rstrip("?") for word in _TABLED if word.endswith("?")}
_METRICS = {word.rstrip("?"): found for word, found in _TABLED.items()}
_WORD = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?=s?(?![a-z]))" if word.isascii() else re.escape(word)
        for word in sorted(_METRICS, key=len, reverse=True)
    )
)


DETECTION_LIMIT = _METRICS["检出限"][0]
_TRACES = ("ppm", "ppb")


def fitting(metric: Metric | None, unit: Unit) -> Metric | None:
    """The metric itself; but 灵敏度 is a share of hits in % and the least that is noticed in ppm, mg/L or ℃."""
    if metric is None or metric.name != "sensitivity":
        return metric
    is_share = unit.dimension in ("ratio", "number") and unit.symbol.lower() not in _TRACES
    return metric if is_share else DETECTION_LIMIT


def mentions(text: str, dimension: str) -> tuple[Mention, ...]:
    """The metrics named in `text` that are measured in `dimension`, in order, the longest name at each place."""
    return _remembered((text, dimension))


def _mentions(key: tuple[str, str]) -> tuple[Mention, ...]:
    text, dimension = key
    return tuple(
        Mention(metric, match.start(), match.end(), match[0] in _VAGUE)
        for match in _WORD.finditer(text.lower())
        for metric in _METRICS[match[0]]
        if any(is_comparable(dimension, known) for known in metric.dimensions)
    )


_remembered = ByteBoundedCache(
    _mentions, size_of=lambda key, found: text_size(key[0]) + _MENTION_SIZE * (1 + len(found)), most_bytes=4 << 20
)
_MENTION_SIZE = 120


def is_change(before: str) -> bool:
    """Whether a share that follows `before` is a change (降低23%), not a level (降至23%)."""
    return bool(_CHANGE.search(before[-60:]))
