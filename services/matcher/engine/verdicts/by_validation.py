"""Judges a clause by what a host measured of the same metric, before anything that the firm says of itself."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from common.contracts.matcher import CitedValidation, ClauseVerdict, Outcome, Span
from common.fields import Language
from matcher.engine.verdicts import compare, evidence, judge, same_measure
from matcher.engine.verdicts.evidence import Evidence, EvidenceText, Stated
from matcher.engine.verdicts.judge import Ruling
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import MEASURED, Finding, Place, Reason, worded
from matcher.engine.verdicts.relevance import Relevance

_REASONS = {Outcome.SATISFIED: Reason.VALIDATION_MEETS, Outcome.NOT_SATISFIED: Reason.VALIDATION_MISSES}
_ABOUT, _STATEMENT = "about", "statement"


@dataclass(frozen=True)
class ValidatedFact:
    """One measurement of an accepted validation.

    source     where it stands in the validation
    about      what it is of, in words
    statement  what was measured, in one sentence that ends in the figure
    """

    cited: CitedValidation
    source: str
    metric: str
    about: str
    statement: str


@dataclass(frozen=True)
class Validated:
    """All that was measured of a profile, the last accepted first."""

    facts: tuple[ValidatedFact, ...]

    @cached_property
    def evidence(self) -> Evidence:
        return evidence.read([text for place, fact in enumerate(self.facts) for text in _texts(place, fact)])

    def ruling(self, asked: Question, position: int) -> Ruling | None:
        """On a clause that asks for a figure which was measured: met or missed by comparison of the two; None where
        nothing of that name, of the same thing and in comparable units was measured, the figure decides nothing, or the
        clause asks for more than one figure."""
        wanted = asked.wanted
        if wanted is None or not self.facts or asked.joined:
            return None
        about = Relevance(asked.facts.content, self.evidence, None)
        for stated in self._of(asked, wanted.dimension):
            outcome = compare.outcome(wanted, stated.reading)
            if outcome in _REASONS and self._is_same(asked, stated, about):
                sentence = self.evidence.sentences[stated.index]
                place = Place(stated.index, 0, len(sentence.text))
                return Ruling(asked.clause, position, Finding(outcome, _REASONS[outcome], place))
        return None

    def _is_same(self, asked: Question, stated: Stated, about: Relevance) -> bool:
        """Whether figure and clause are of the same thing, by the rules for claims: as the statement names it, and as
        the words do that it was asked for in (吊具定位误差不大于5厘米)."""
        assert asked.wanted is not None
        source = self.evidence.sentences[stated.index].source.replace(_STATEMENT, _ABOUT)
        beside = [
            each
            for each in self.evidence.stated(asked.wanted.dimension)
            if self.evidence.sentences[each.index].source == source and not each.reading.is_derived
        ]
        names = [[stated], beside] if beside else [[stated]]
        return all(
            any(same_measure.certainty(asked, asked.wanted, each, about) is not None for each in figures)
            for figures in names
        )

    def _of(self, asked: Question, dimension: str) -> Iterator[Stated]:
        """The measured figures of the metric that the clause names."""
        assert asked.wanted is not None
        names = {_folded(name) for name in (asked.wanted.name, asked.clause.metric) if name}
        for stated in self.evidence.stated(dimension):
            if self._is_measured(stated) and _folded(self._fact(stated.index).metric) in names:
                yield stated

    def _is_measured(self, stated: Stated) -> bool:
        """Whether a figure is the one that was measured: it stands last; one before it is part of the metric's name."""
        sentence, reading = self.evidence.sentences[stated.index], stated.reading
        is_last = reading.quantity.end == len(sentence.text) and not reading.is_derived
        return is_last and sentence.source.endswith(_STATEMENT)

    def _fact(self, index: int) -> ValidatedFact:
        return self.facts[int(self.evidence.sentences[index].source.split("/")[1])]

    def told(self, ruling: Ruling, language: Language, asked: Span | None) -> ClauseVerdict:
        """A ruling of this evidence in words, with the validation that it cites."""
        assert ruling.finding.place is not None
        fact = self._fact(ruling.finding.place.index)
        verdict = judge.told(ruling, self.evidence, language, asked)
        assert verdict.profile_span is not None
        span = verdict.profile_span.model_copy(update={"source": fact.source})
        reason = worded(ruling.finding.reason, verdict.quoted, language, fact.cited)
        return verdict.model_copy(update={"profile_span": span, "reason": reason, "validation": fact.cited})


def is_measured(ruling: Ruling) -> bool:
    """Whether a ruling rests on a validation."""
    return ruling.finding.reason in MEASURED


def _texts(place: int, fact: ValidatedFact) -> Sequence[EvidenceText]:
    return (
        EvidenceText(f"measured/{place}/{_ABOUT}", fact.about),
        EvidenceText(f"measured/{place}/{_STATEMENT}", fact.statement),
    )


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
