"""What is read of one text: its figures, names and words, each when it is first asked for and only once."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from matcher.engine.facts import derived, identifiers, quantities, readings, sizes
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.facts.measures import Metric
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.sizes import Size
from matcher.engine.modifiers import foreign, interpreter
from matcher.engine.modifiers.interpreter import Category, Kind, Scope
from matcher.engine.verdicts.measured import Measured
from matcher.engine.words import overlap, stretches
from matcher.engine.words.glossary import meanings
from matcher.engine.words.overlap import Content

_MOST_STRETCHES = 6
_MOST_TARGETS = 512


class Facts:
    """The facts of `text`, a clause or a sentence of a profile. Whoever holds the text holds its facts."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def figures(self) -> tuple[Reading, ...]:
        """Those stated, then those that follow from them by arithmetic."""
        stated = readings.read(self.text)
        return stated + derived.readings(self.text, stated)

    @cached_property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes of two or three sides."""
        return sizes.find(self.text)

    @cached_property
    def names(self) -> tuple[Identifier, ...]:
        """The standards, certificates and grades that are named."""
        return identifiers.find(self.text)

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """What each of the figures measures."""
        known: dict[tuple[str, str, Metric | None], Measured] = {}
        told = [(figure.name, figure.dimension, figure.metric) for figure in self.figures]
        return tuple(known.get(each) or known.setdefault(each, Measured(*each)) for each in told)

    @cached_property
    def content(self) -> Content:
        return overlap.content(self.text)

    @cached_property
    def is_chinese(self) -> bool:
        return overlap.is_chinese(self.text)

    @cached_property
    def is_unread(self) -> bool:
        """Whether it is in a language other than Chinese and English."""
        return foreign.is_unread(self.text)

    @cached_property
    def is_doubtful(self) -> bool:
        """Whether it is in another language, and has a word by which one of the larger ones denies or plans."""
        return foreign.is_doubtful(self.text)

    @cached_property
    def folded(self) -> str:
        """The text in lower case with plain digits and letters, character for character."""
        return quantities.fold(self.text).lower()

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(self.text)

    def has_word(self, word: str) -> bool:
        """Whether it stands anywhere in the text, which is searched once however many figures lead to that question."""
        if word not in self._words:
            if len(self._words) >= _MOST_TARGETS:
                self._words.clear()  # of ever other clauses, of a profile that stays in memory
            self._words[word] = word in self.text
        return self._words[word]

    @cached_property
    def _words(self) -> dict[str, bool]:
        return {}

    def modified(self, target: Scope) -> Mapping[Category, str]:
        """What the words around a figure, a name, a level or words of this text make of it, each with its rule."""
        key = target.kind, target.start, target.end, target.own
        if key not in self._modified:
            if len(self._modified) >= _MOST_TARGETS:
                self._modified.clear()  # words of ever other clauses, of a profile that stays in memory
            self._modified[key] = interpreter.deciding(target)
        return self._modified[key]

    def rule(self, category: Category, target: Scope) -> str | None:
        """The id of the rule of a category that relates which holds of a figure, None when there is none."""
        key = category, target.start
        if key not in self._related:
            self._related[key] = interpreter.found(category, target)
        return self._related[key]

    @cached_property
    def _related(self) -> dict[tuple[Category, int], str | None]:
        return {}

    @cached_property
    def scopes(self) -> dict[int, Scope]:
        """Where words stand that say something of a figure, by where it begins; filled as they are asked for."""
        return {}

    @cached_property
    def _modified(self) -> dict[tuple[Kind, int, int, tuple[int, int]], Mapping[Category, str]]:
        return {}

    @cached_property
    def stretches(self) -> tuple["Stretch", ...]:
        """What stands between its commas."""
        return tuple(Stretch(self.text[start:end], start, end) for start, end in stretches.segments(self.text))

    def runs(self) -> list[Sequence["Stretch"]]:
        """Every run of up to six neighbouring stretches, in order of their first."""
        found = self.stretches
        return [
            found[first:last]
            for first in range(len(found))
            for last in range(first + 1, min(first + _MOST_STRETCHES, len(found)) + 1)
        ]


class Stretch:
    """Words of a sentence between two commas: text[start:end] of it."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end

    @cached_property
    def letters(self) -> tuple[int, int]:
        """How many of its letters are Chinese, and how many there are."""
        return overlap.letters(self.text)

    @cached_property
    def pairs(self) -> frozenset[str]:
        return overlap.pairs(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return overlap.stems(self.text)

    @cached_property
    def meanings(self) -> frozenset[str]:
        return meanings(self.text)


def said(asked: Content, run: Sequence[Stretch]) -> float:
    """The share of what is asked that neighbouring stretches say together, as `overlap.said` of their text."""
    chinese, letters = (sum(counts) for counts in zip(*(stretch.letters for stretch in run), strict=True))
    if (chinese * 3 >= letters) is not asked.is_chinese or not asked.pairs:
        return _share(asked.meanings, [stretch.meanings for stretch in run])
    return _share(asked.pairs, [stretch.pairs if asked.is_chinese else stretch.stems for stretch in run])


def _share(asked: frozenset[str], offered: Sequence[frozenset[str]]) -> float:
    if not asked:
        return 0.0
    return len(asked & offered[0].union(*offered[1:])) / len(asked)
