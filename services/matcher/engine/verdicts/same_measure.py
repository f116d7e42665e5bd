"""Tells whether a figure in a profile is of the metric a clause asks for, and of the same thing."""

import math
from collections.abc import Sequence

from matcher.engine.clauses.target import Target
from matcher.engine.facts.readings import Reading
from matcher.engine.verdicts.evidence import Stated
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.relevance import Relevance
from matcher.engine.words import overlap

# What an offer states once and of itself, so that other words around it mean no other thing.
_OF_THE_WHOLE = {
    "onsite", "warranty", "delivery", "repair", "availability", "warm_span", "humidity", "payload", "weight", "noise",
    "endurance", "mtbf", "footprint", "case", "staff", "team", "patent", "ticket", "term", "wind", "sea_state",
}  # fmt: skip
_OF_EACH_PART = {"warm_span", "noise", "weight", "payload", "endurance", "footprint"}
"""Of those, what an offer of several machines states of each."""
_OF_ALL_PARTS = _OF_THE_WHOLE - _OF_EACH_PART
# Dimensions that many different things are measured in; any other dimension all but names the metric.
_COMMON = {
    "ratio", "mass/volume", "amount/volume", "number", "time", "length", "count", "people", "mass", "money", "change",
    "times", "temperature", "grade",
}  # fmt: skip
_SAME_NAME = 0.5
_PRESENT, _ALIEN = 0.25, 0.6
_UNASKED = 0.45
_TELLING = 0.5
_LEAST_SURE, _TINY = -3.5, 1e-6


def certainty(asked: Question, wanted: Target, stated: Stated, about: Relevance) -> float | None:
    """How surely a stated figure is of the metric a clause asks for, higher surer; None when it is of another.

    about  how far each sentence is about the clause; asked only where the names leave it open
    """
    reading = stated.reading
    if _is_other_metric(wanted, reading) or _is_of_another(asked, wanted, stated):
        return None
    relevance = about.of(stated.index)
    is_same_metric = wanted.metric is not None and wanted.metric == reading.metric and not reading.is_derived
    name = _name_shared(asked, stated)
    own, around, is_alien = _objects(asked, stated)
    is_named = is_same_metric or wanted.dimension not in _COMMON or max(name, own) >= _SAME_NAME
    if reading.is_derived and not _is_surely_named(asked, wanted, stated, name, around):
        return None
    is_across = asked.facts.is_chinese != stated.context.is_chinese
    if not is_named and not (is_across and relevance >= _TELLING):
        return None
    is_of_whole = is_same_metric and reading.metric is not None and reading.metric.name in _OF_THE_WHOLE
    if not is_of_whole and (is_alien or _surety(name, around, relevance) < _LEAST_SURE):
        return None
    return float(is_same_metric) + 0.5 * name + 0.75 * own + 0.25 * around + relevance


def _is_surely_named(asked: Question, wanted: Target, stated: Stated, name: float, around: float) -> bool:
    """Whether a derived share is called what the clause calls it, and is of the same thing.

    Of a clause that names no thing (漏检率不高于1%) only what is stated decides, but for what an offer has of itself.
    """
    if stated.reading.dimension != "ratio":
        return True
    thing = asked.measured.qualifiers
    if thing.pairs or thing.meanings:
        return min(name, around) >= _SAME_NAME
    is_of_whole = wanted.metric is not None and wanted.metric.name in _OF_THE_WHOLE
    return is_of_whole and name >= _SAME_NAME and not stated.measured.qualifiers.pairs


def _is_other_metric(wanted: Target, reading: Reading) -> bool:
    if wanted.metric is None or reading.metric is None or wanted.metric == reading.metric:
        return False
    return not (wanted.is_vague or reading.is_vague)


def _is_of_another(asked: Question, wanted: Target, stated: Stated) -> bool:
    """Whether the names tell two things apart: 上行 and 下行, 集卡定位误差 and 吊具定位误差."""
    reading = stated.reading
    ours, theirs = asked.measured, stated.measured
    if ours.opposed and theirs.opposed and overlap.is_opposite(wanted.phrase, reading.name):
        return True
    if theirs.parts and overlap.is_part(wanted.phrase, theirs.parts, asked.text):
        return True
    if _is_otherwise_called(asked, wanted, stated):
        return True
    if reading.metric and reading.metric.name in _OF_ALL_PARTS:
        return False
    return overlap.are_strangers(ours.thing, asked.facts.characters, theirs.thing, stated.context.characters)


def _is_otherwise_called(asked: Question, wanted: Target, stated: Stated) -> bool:
    """Whether the words before the same noun are others (出水温度, 环境温度) and neither text has the other's,
    save where the table of metrics calls both one (使用温度, 环境温度)."""
    phrase, name = wanted.phrase.strip(), stated.reading.name.strip()
    if stated.reading.is_derived or (words := overlap.differing_words(phrase, name)) is None:
        return False
    ours, theirs = words
    if stated.context.has_word(ours) or asked.facts.has_word(theirs):
        return False
    known = min(asked.measured.mentioned, stated.measured.mentioned)
    return not known or phrase[-known:] == name[-known:]


def _name_shared(asked: Question, stated: Stated) -> float:
    """How much of the metric's name, or of the whole phrase, stands by the figure."""
    offered = stated.measured.name
    shared = max(overlap.said(name, offered) for name in asked.names_of_figure)
    is_part = any(offered.pairs and offered.pairs <= name.pairs for name in asked.names_of_figure)
    return max(shared, _SAME_NAME) if is_part else shared


def _surety(name: float, around: float, relevance: float) -> float:
    """Log odds that the figure is of what the clause is about, as on the sample offers."""
    odds = math.log(max(relevance, _TINY) / max(1 - relevance, _TINY))
    return 1.9 * name + 0.8 * around + 0.8 * odds - 2.1


def _objects(asked: Question, stated: Stated) -> tuple[float, float, bool]:
    """The shares of what the metric is asked of (箱号) by the figure and near it; whether it is of other things."""
    wanted, offered = asked.measured.qualifiers, stated.measured.qualifiers
    near, whole = stated.context.content, asked.facts.content
    views = [(wanted.telling, offered.telling, near.telling, whole.telling)]
    if whole.is_chinese == near.is_chinese:
        by_letters = wanted.pairs, offered.pairs, near.pairs, whole.pairs
        views = [*views, by_letters] if wanted.telling else [by_letters]
    own = max([_share(a, o) for a, o, _, _ in views])
    around = max([_share(a, n) for a, _, n, _ in views])
    return own, around, around < _PRESENT and _is_alien(views[-1], asked, stated)


def _is_alien(view: tuple[frozenset[str], ...], asked: Question, stated: Stated) -> bool:
    """Whether most of what the offered name says is nothing that the clause says."""
    _, named, _, said = view
    if not named or 1 - _share(named, said) <= _ALIEN:
        return False
    if not (asked.facts.is_chinese and stated.context.content.is_chinese):
        return True
    # 图传 is all in 图像传输.
    characters = stated.measured.characters
    return _share_missing(characters, asked.facts.lower) > _ALIEN


def _share_missing(characters: Sequence[str], text: str) -> float:
    return sum(one not in text for one in characters) / len(characters) if characters else 0.0


def _share(asked: frozenset[str], offered: frozenset[str]) -> float:
    return len(asked & offered) / len(asked) if asked else _UNASKED
