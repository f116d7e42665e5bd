"""What a profile says, sentence by sentence, with the figures and names that verdicts are found in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.engine.facts import identifiers
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.facts.readings import Reading
from matcher.engine.facts.units import is_comparable
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.measured import Measured

_END = re.compile(r"[。；;！!？?\n]+|(?<=[^\s.][^\s.])\.(?=\s|$)")
_LETTERS = re.compile(r"[^\W_]")
LONGEST = 600
"""Characters of a sentence; one that runs on is cut at its last comma or blank, so that no cost grows with its square.
Of thousands of real sentences the longest has 431."""
_JOINT = "\n"
_CUT = re.compile(r"[，,、:：\s](?!\d{3})")


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One text of a profile: `source` names it (items/0, cases/1, summary), `trl` is the level an item claims."""

    source: str
    text: str
    trl: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the source's text[start:end], without its full stop. One that runs on was cut into several, and all but
    the first are its `is_rest`.
    """

    source: str
    start: int
    end: int
    text: str
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure of sentence `index`: its `reading`, what it `measured`, and the whole text (`context`) around it."""

    index: int
    reading: Reading
    measured: Measured
    context: Facts


@dataclass(frozen=True)
class Evidence:
    """A profile to be judged against any number of clauses. Row i of any cosines belongs to `sentences[i]`.

    A sentence is read when a clause first asks for its figures, names or words, and only once.
    """

    texts: tuple[EvidenceText, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """What each sentence says."""
        return tuple(Facts(sentence.text) for sentence in self.sentences)

    @cached_property
    def is_chinese(self) -> tuple[bool, ...]:
        """Of each sentence."""
        return tuple(facts.is_chinese for facts in self.facts)

    def stated(self, dimension: str) -> Sequence[Stated]:
        """The figures that one of this dimension can be compared with, in order."""
        kept = self._stated_by_dimension
        if dimension not in kept:
            kept[dimension] = [each for each in self._stated if is_comparable(dimension, each.reading.dimension)]
        return kept[dimension]

    def named(self, key: str) -> Sequence[tuple[int, Identifier]]:
        """The names with this key and the sentences they stand in, in order."""
        if key not in self._named_by_key:
            self._named_by_key[key] = [
                (index, name)
                for index, facts in enumerate(self.facts)
                if identifiers.may_name(key, facts.text)
                for name in facts.names
                if name.key == key
            ]
        return self._named_by_key[key]

    @cached_property
    def _named_by_key(self) -> dict[str, Sequence[tuple[int, Identifier]]]:
        return {}

    @cached_property
    def _stated(self) -> tuple[Stated, ...]:
        return tuple(
            Stated(index, reading, measured, self.context(index))
            for index, facts in enumerate(self.facts)
            if facts.figures
            for reading, measured in zip(facts.figures, facts.measured, strict=True)
        )

    @cached_property
    def _stated_by_dimension(self) -> dict[str, Sequence[Stated]]:
        return {}

    def context(self, index: int) -> Facts:
        """All that is said where sentence `index` stands: an item's title says what the figures of its text are of."""
        return self._by_part[_part(self.sentences[index].source)]

    def in_context(self, index: int, at: int) -> int:
        """Where character `at` of sentence `index` stands in the text of `context(index)`."""
        sentence = self.sentences[index]
        return self._starts[sentence.source] + sentence.start + at

    @cached_property
    def _by_part(self) -> dict[str, Facts]:
        parts: dict[str, list[str]] = {}
        for text in self.texts:
            parts.setdefault(_part(text.source), []).append(text.text)
        return {part: Facts(_JOINT.join(texts)) for part, texts in parts.items()}

    @cached_property
    def _starts(self) -> dict[str, int]:
        """Of each text, where it begins among the texts of its part."""
        lengths, starts = dict[str, int](), dict[str, int]()
        for text in self.texts:
            part = _part(text.source)
            starts[text.source] = lengths.get(part, 0)
            lengths[part] = starts[text.source] + len(text.text) + len(_JOINT)
        return starts


def _part(source: str) -> str:
    """items/0 of items/0/title."""
    return "/".join(source.split("/")[:2])


def sentences(texts: Sequence[EvidenceText]) -> list[Sentence]:
    """The sentences of all texts in order, to be embedded once and stored; empty ones are left out."""
    return [sentence for text in texts for sentence in _sentences(text)]


def read(texts: Sequence[EvidenceText]) -> Evidence:
    """A profile ready for judging. Linear in its length, a tenth of a millisecond for a page."""
    return Evidence(tuple(texts), tuple(sentences(texts)))


def _sentences(text: EvidenceText) -> list[Sentence]:
    bounds, position = [], 0
    for match in _END.finditer(text.text):
        bounds.append((position, match.start()))
        position = match.end()
    bounds.append((position, len(text.text)))
    found = []
    for start, end, is_rest in _cut(text.text, bounds):
        written = text.text[start:end]
        if _LETTERS.search(written):
            start += len(written) - len(written.lstrip())
            found.append(Sentence(text.source, start, start + len(written.strip()), written.strip(), is_rest))
    return found


def _cut(text: str, bounds: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """The bounds, with what is longer than LONGEST in pieces, and whether each is a piece after the first."""
    for start, end in bounds:
        is_rest = False
        while end - start > LONGEST:
            commas = [match.end() for match in _CUT.finditer(text, start + LONGEST // 2, start + LONGEST)]
            cut = commas[-1] if commas else start + LONGEST
            yield start, cut, is_rest
            start, is_rest = cut, True
        yield start, end, is_rest
