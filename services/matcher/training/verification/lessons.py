"""Makes what the verifier learns from of contrast sets: claims with their labels, worded anew at each pass."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from matcher.engine.verification.claims import SentenceClaim
from matcher.training.verification.contrast import ContrastSet, Deciding

SUPPORTS, REFUTES, SILENT = 0, 1, 2
_LABELS = {"满足": SUPPORTS, "不满足": REFUTES, "证据不足": SILENT}
_CONTEXT_LESSONS = 3
_BEFORE, _JOINED, _RENUMBERED = 0.65, 0.25, 0.7
"""Shares of lessons that have a sentence before them, are one sentence with another, and get other figures."""
_HAN = re.compile("[\u4e00-\u9fff]")
_FIGURE = re.compile(r"(?<![A-Za-z\d\-/.])\d+(?:\.\d+)?(?!\d|[-/]\d|[A-Za-z]{0,2}\d)")
_YEARS = range(1990, 2036)


@dataclass(frozen=True, slots=True)
class ClaimLesson:
    """A `sentence` of a profile beside a `clause`; `rest` are other sentences of the profile, none of which decides.

    label       SUPPORTS, REFUTES or SILENT. Where the clause asks for a figure, SUPPORTS says that the sentence states
                that very figure, large enough or not: code compares
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

    def claim(self) -> SentenceClaim:
        """As measuring asks it."""
        return SentenceClaim(self.clause, self.sentence, self.rest[0] if self.rest else "")

    def varied(self, random: Random) -> SentenceClaim:
        """One of many wordings of the same claim."""
        sentence, before = self.sentence, ""
        if self.rest and random.random() < _BEFORE:
            before = random.choice(self.rest)
        if self.rest and self.is_joinable and random.random() < _JOINED:
            sentence = _joined(sentence, random.choice(self.rest), random)
        claim = SentenceClaim(self.clause, sentence, before)
        return _renumbered(claim, random) if self.is_figured and random.random() < _RENUMBERED else claim


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


def _silent(each: ContrastSet, sentence: str, rest: tuple[str, ...], how: str) -> ClaimLesson:
    return ClaimLesson(each.clause, sentence, rest, SILENT, each.is_figured, False, how)


def _joined(sentence: str, other: str, random: Random) -> str:
    comma = "，" if _HAN.search(sentence) else ", "
    first, second = (other, sentence) if random.random() < 0.5 else (sentence, other)
    return first.rstrip("。.") + comma + second


def _renumbered(claim: SentenceClaim, random: Random) -> SentenceClaim:
    """The claim with other figures of the same look, so that nothing is learnt of how large they are."""
    scale = 2 ** random.uniform(-1.5, 1.5)

    def other(found: re.Match[str]) -> str:
        written = found.group()
        places = len(written.partition(".")[2])
        value = float(written)
        if not places and value in _YEARS:
            return written
        value *= scale * 2 ** random.uniform(-0.5, 0.5)
        return f"{value if places or value >= 1 else random.randint(1, 9):.{places}f}"

    return SentenceClaim(*(_FIGURE.sub(other, text) for text in (claim.requirement, claim.sentence, claim.before)))
