"""Reads rules.toml, words.toml and sources.toml, and finds the passages of a text in which a rule holds."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, NamedTuple

from catalog.fairness.lists import Span, WordLists

_FOLDER = Path(__file__).parent
_SENTENCE = re.compile(r"[^.。;!?！？\n]+(?:[.](?!\s|$)[^.。;!?！？\n]*)*")
_COMMA = re.compile(r"(?<![的者]),")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LETTERS = 3
"""Letters of an alphabet that take the place of one Chinese character."""
_BESIDE = 1
"""Parts between commas, after the passage's own, in which a word may take it out of the question."""


class FindingLevel(StrEnum):
    """Whether a finding must be justified before the demand becomes public."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class Wording(NamedTuple):
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision: its name in both languages, and what it forbids in a line."""

    zh: str
    en: str
    gist: str


@dataclass(frozen=True)
class FairnessRule:
    """A row of rules.toml, which says what each field means."""

    id: str
    kind: str
    level: FindingLevel
    forbids: Wording
    sources: tuple[str, ...]
    all: tuple[str, ...]
    within: int
    unless: tuple[str, ...]
    found: tuple[str, ...]
    not_found: tuple[str, ...]
    suggest: Wording
    across: bool = True


class Passage(NamedTuple):
    """A passage, text[start:end], in which a rule holds."""

    rule: FairnessRule
    start: int
    end: int


@lru_cache(maxsize=256)  # of 20,000 characters each, 10 MB
def check(text: str) -> tuple[Passage, ...]:
    """Every passage in which a rule holds, in the order of the text; of those of one kind and level, none that lies
    within another, as whoever stands for the wider one has read it.

    Time grows with the length of the text: no list has an unbounded gap, and a sentence is searched for a list once.
    """
    return tuple(found for sentence in _sentences(text) for found in _in_sentence(sentence))


def holds(rule: FairnessRule, text: str) -> bool:
    """Whether a rule is found in a text, whatever others are."""
    return any(any(sentence.spans_of(rule)) for sentence in _sentences(text)) if rule.all else False


def _sentences(text: str) -> Iterator["_Sentence"]:
    plain = text.translate(_HALF_WIDTH)
    return (_Sentence(plain, *match.span()) for match in _SENTENCE.finditer(plain))


def _in_sentence(sentence: "_Sentence") -> list[Passage]:
    found = [
        Passage(rule, sentence.start + start, sentence.start + end)
        for rule in rules()
        if rule.all
        for start, end in sentence.spans_of(rule)
    ]
    return list(_widest(sorted(found, key=lambda one: (one.start, -one.end))))


def _widest(found: Iterable[Passage]) -> Iterator[Passage]:
    """Those that lie within no other of their kind and level.

    found  by start, of equal ones the longest first
    """
    ends: dict[tuple[str, FindingLevel], int] = {}
    for one in found:
        alike = one.rule.kind, one.rule.level
        if one.end > ends.get(alike, -1):
            ends[alike] = one.end
            yield one


class _Sentence:
    """A stretch of a text between full stops or semicolons, with what was found in it so far."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self._text = text[start:end]
        self._present_words = lists().present(self._text)
        self._found: dict[str, list[Span]] = {}
        self._by_part: dict[str, dict[Span, list[Span]]] = {}

    def spans_of(self, rule: FairnessRule) -> Iterator[Span]:
        """Where the rule holds, by each word of its first list."""
        first, *others = self._present(rule)
        for anchor in self._spans(first):
            near = [self._spans(name) if rule.across else self._same_part(anchor, name) for name in others]
            span = _together(anchor, near, self._reach(rule, anchor))
            if span and not any(self._is_excused(name, span) for name in rule.unless):
                yield span

    def _reach(self, rule: FairnessRule, anchor: Span) -> int:
        return rule.within * (_LETTERS if self._text[slice(*anchor)].isascii() else 1)

    def _same_part(self, anchor: Span, name: str) -> Sequence[Span]:
        """Where a list stands with no comma between it and the anchor."""
        if name not in self._by_part:
            parts: dict[Span, list[Span]] = {}
            for span in self._spans(name):
                parts.setdefault(self._part(span), []).append(span)
            self._by_part[name] = parts
        part = self._part(anchor)
        return self._by_part[name].get(part, ()) if part[0] == part[1] else ()

    def _part(self, span: Span) -> Span:
        """Commas before its start and before its end: equal unless it holds one."""
        return bisect_left(self._commas, span[0]), bisect_left(self._commas, span[1])

    def _present(self, rule: FairnessRule) -> Sequence[str]:
        """The lists to look for, or just the first that is missing."""
        return next(((name,) for name in rule.all if not self._spans(name)), rule.all)

    def _is_excused(self, name: str, span: Span) -> bool:
        if name.endswith("*"):
            return bool(self._spans(name[:-1]))
        start, end = self._beside(span)
        spans = self._spans(name)
        behind = islice(spans, bisect_left(spans, (start, start)), None)
        return any(one[1] <= end for one in takewhile(lambda one: one[0] < end, behind))

    def _beside(self, span: Span) -> Span:
        """The parts between commas that the passage is in, and the one behind."""
        commas = self._commas
        first, behind = bisect_left(commas, span[0]), bisect_left(commas, span[1]) + _BESIDE
        return (commas[first - 1] if first else 0), (commas[behind] if behind < len(commas) else len(self._text))

    @cached_property
    def _commas(self) -> list[int]:
        """Those that part what is said; after 的 or 者 stands a condition of what follows."""
        return [match.start() for match in _COMMA.finditer(self._text)]

    def _spans(self, name: str) -> list[Span]:
        if name not in self._found:
            self._found[name] = lists().spans(name, self._text, self._present_words)
        return self._found[name]


def _together(anchor: Span, others: Sequence[Sequence[Span]], within: int) -> Span | None:
    """From the first to the last character of the anchor and the nearest of each of the others, if near enough."""
    spans = [anchor]
    for each in others:
        nearest = _nearest(anchor, each) if each else None
        if nearest is None or max(nearest[0] - anchor[1], anchor[0] - nearest[1]) > within:
            return None
        spans.append(nearest)
    return min(start for start, _ in spans), max(end for _, end in spans)


def _nearest(anchor: Span, spans: Sequence[Span]) -> Span:
    place = bisect_left(spans, anchor)
    return min(spans[max(0, place - 1) : place + 2], key=lambda one: max(one[0] - anchor[1], anchor[0] - one[1], 0))


@cache
def lists() -> WordLists:
    return WordLists(_read("words.toml")["lists"])


@cache
def sources() -> Mapping[str, Provision]:
    """The provisions by the names that rules use."""
    return {name: Provision(**row) for name, row in _read("sources.toml")["source"].items()}


@cache
def kinds() -> Mapping[str, Wording]:
    """What each kind is called."""
    return {name: Wording(**row) for name, row in _read("rules.toml")["kinds"].items()}


@cache
def rule(rule_id: str) -> FairnessRule:
    """Raises StopIteration for one that is not there."""
    return next(one for one in rules() if one.id == rule_id)


@cache
def rules() -> tuple[FairnessRule, ...]:
    """All rules, in the order of the file. Raises TypeError or ValueError for a row with a key too many or too few."""
    return tuple(_rule(row) for row in _read("rules.toml")["rule"])


def _rule(row: Mapping[str, Any]) -> FairnessRule:
    lists = {name: tuple(row[name]) for name in ("sources", "all", "unless", "found", "not_found")}
    worded = {name: Wording(**row[name]) for name in ("forbids", "suggest")}
    return FairnessRule(**{**row, **lists, **worded, "level": FindingLevel(row["level"])})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def lists_named() -> set[str]:
    """The lists that rules or other lists name."""
    by_rules = {name.rstrip("*") for rule in rules() for name in (*rule.all, *rule.unless)}
    return by_rules | lists().named_within()
