"""What a profile says, sentence by sentence, with the figures and names that verdicts are found in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.engine.facts import identifiers, readings
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.facts.readings import Reading
from matcher.engine.words import overlap

_END = re.compile(r"[。；;！!？?\n]+|(?<=[^\s.][^\s.])\.(?=\s|$)")
_LETTERS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One text of a profile: `source` names it (items/0, cases/1, summary), `trl` is the level an item claims."""

    source: str
    text: str
    trl: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the source's text[start:end], without its full stop."""

    source: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Evidence:
    """A profile to be judged against any number of clauses. Row i of any cosines belongs to `sentences[i]`.

    Figures and names are read in a sentence when a clause first asks for them: most are never asked for.
    """

    texts: tuple[EvidenceText, ...]
    sentences: tuple[Sentence, ...]

    def readings(self, index: int) -> tuple[Reading, ...]:
        """The figures of a sentence."""
        return readings.read(self.sentences[index].text)

    def identifiers(self, index: int) -> tuple[Identifier, ...]:
        """The names of standards, certificates and grades in a sentence."""
        return identifiers.find(self.sentences[index].text)

    @cached_property
    def is_chinese(self) -> tuple[bool, ...]:
        """Of each sentence."""
        return tuple(overlap.is_chinese(sentence.text) for sentence in self.sentences)

    def context(self, index: int) -> str:
        """All that is said where sentence `index` stands: an item's title says what the figures of its text are of."""
        return self._by_part[_part(self.sentences[index].source)]

    @cached_property
    def _by_part(self) -> dict[str, str]:
        parts: dict[str, list[str]] = {}
        for text in self.texts:
            parts.setdefault(_part(text.source), []).append(text.text)
        return {part: "\n".join(texts) for part, texts in parts.items()}


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
    for start, end in bounds:
        written = text.text[start:end]
        if _LETTERS.search(written):
            start += len(written) - len(written.lstrip())
            found.append(Sentence(text.source, start, start + len(written.strip()), written.strip()))
    return found
