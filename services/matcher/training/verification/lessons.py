"""What the verifier learns, made of contrast sets and judged pairs: claims with labels, worded anew at each pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from matcher.engine.verification.claims import ParagraphClaim
from matcher.evaluation.pairs import Pair
from matcher.training.verification import wording
from matcher.training.verification.contrast import FIGURED, ContrastSet, Deciding
from matcher.training.verification.wording import WordedClaim

SUPPORTS, REFUTES, SILENT = 0, 1, 2
_LABELS = {"满足": SUPPORTS, "不满足": REFUTES, "证据不足": SILENT}
_CONTEXT_LESSONS = 3
_BEFORE, _JOINED, _RENUMBERED = 0.65, 0.25, 0.7
"""Shares of sentences that have another before them, are one sentence with another, and get other figures."""
_PARAGRAPHS, _MOST_CONTEXT = 0.65, 4
"""Share of deciding sentences that are shown in a paragraph, and how many others it has at most."""
_PAIRS_RENUMBERED = 0.5


class VerifierLesson(Protocol):
    """Whether a claim is supported, refuted or neither; SUPPORTS, where a clause asks for a figure, says that this very
    figure is stated, large enough or not: code compares."""

    @property
    def label(self) -> int: ...

    def varied(self, random: Random) -> WordedClaim:
        """One of many wordings of the same claim."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimLesson:
    """A `sentence` of a profile beside a `clause`; `rest` are other sentences of the profile, none of which decides.

    is_figured  the clause asks for a figure
    is_joinable whether a sentence of the rest may be put into the same sentence without changing the label
    """

    clause: str
    sentence: str
    rest: tuple[str, ...]
    label: int
    is_figured: bool
    is_joinable: bool
    how: str

    def claim(self) -> ParagraphClaim:
        """As measuring asks it: in the middle of all the rest."""
        return ParagraphClaim(self.clause, wording.paragraph(self.sentence, self.rest, len(self.rest) // 2))

    def varied(self, random: Random) -> WordedClaim:
        sentence, before = self.sentence, ""
        if self.rest and random.random() < _BEFORE:
            before = random.choice(self.rest)
        if self.rest and self.is_joinable and random.random() < _JOINED:
            sentence = wording.joined(sentence, random.choice(self.rest), random)
        return _numbered(WordedClaim(self.clause, sentence, before), self.is_figured, _RENUMBERED, random)


@dataclass(frozen=True, slots=True)
class ParagraphLesson:
    """The same, most often as a paragraph of which one sentence decides."""

    of: ClaimLesson

    @property
    def label(self) -> int:
        return self.of.label

    def varied(self, random: Random) -> WordedClaim:
        if not self.of.is_joinable or random.random() >= _PARAGRAPHS:
            return self.of.varied(random)
        rest = random.sample(self.of.rest, min(len(self.of.rest), random.randint(1, _MOST_CONTEXT)))
        told = wording.paragraph(self.of.sentence, rest, random.randint(0, len(rest)))
        return _numbered(WordedClaim(self.of.clause, told), self.of.is_figured, _RENUMBERED, random)


@dataclass(frozen=True, slots=True)
class PairLesson:
    """A clause beside a whole profile, as a writer made them."""

    clause: str
    profile: str
    label: int
    is_figured: bool

    def varied(self, random: Random) -> WordedClaim:
        return _numbered(WordedClaim(self.clause, self.profile), self.is_figured, _PAIRS_RENUMBERED, random)


def of_pairs(pairs: Sequence[Pair]) -> Sequence[PairLesson]:
    """One each, in order."""
    return [PairLesson(each.clause, each.profile, _of_pair(each), each.kind in FIGURED) for each in pairs]


def lessons(sets: Sequence[ContrastSet], random: Random) -> Sequence[ClaimLesson]:
    """Beside each clause: every deciding sentence, some of the context, and one of another set of the industry."""
    same_industry: dict[str, list[ContrastSet]] = {}
    for each in sets:
        same_industry.setdefault(each.industry, []).append(each)
    made = [lesson for each in sets for lesson in _of_one(each, random)]
    for each in sets:
        other = random.choice(same_industry[each.industry])
        if other is not each:
            stray = random.choice(other.deciding)
            made.append(_silent(each, stray.text, other.context, "other_clause"))
    return made


def _of_one(each: ContrastSet, random: Random) -> Iterator[ClaimLesson]:
    for deciding in each.deciding:
        label = _label(each, deciding)
        yield ClaimLesson(each.clause, deciding.text, each.context, label, each.is_figured, True, deciding.how)
    for sentence in random.sample(each.context, min(_CONTEXT_LESSONS, len(each.context))):
        others = tuple(one for one in each.context if one != sentence)
        yield _silent(each, sentence, (*others, random.choice(each.deciding).text), "context")


def _label(each: ContrastSet, deciding: Deciding) -> int:
    label = _LABELS[deciding.right]
    return SUPPORTS if label == REFUTES and each.is_figured and deciding.how != "missed_excluded" else label


def _of_pair(pair: Pair) -> int:
    label = _LABELS[pair.right]
    return SUPPORTS if label == REFUTES and pair.kind in FIGURED else label


def _silent(each: ContrastSet, sentence: str, rest: tuple[str, ...], how: str) -> ClaimLesson:
    return ClaimLesson(each.clause, sentence, rest, SILENT, each.is_figured, False, how)


def _numbered(claim: WordedClaim, is_figured: bool, share: float, random: Random) -> WordedClaim:
    return wording.renumbered(claim, random) if is_figured and random.random() < share else claim
