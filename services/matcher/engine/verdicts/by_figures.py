"""Judges a clause that asks for a figure by the figures a profile states of the same metric."""

from dataclasses import dataclass

from common.contracts.matcher import Outcome
from matcher.engine.clauses.target import Target
from matcher.engine.facts import units
from matcher.engine.facts.readings import Reading
from matcher.engine.modifiers import foreign, hedges, promises
from matcher.engine.verdicts import compare, same_measure
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.verdicts.relevance import Relevance
from matcher.engine.verdicts.same_measure import Stated
from matcher.engine.words.stretches import segment

_TIE = 0.25
_RECORD = {"count", "people", "money"}
"""Dimensions of what was done, which the past counts for: 此前已实施案例5个."""
_PREFERENCE = {Outcome.SATISFIED: 0, Outcome.INSUFFICIENT_EVIDENCE: 1, Outcome.NOT_SATISFIED: 2}
_REASONS = {
    Outcome.SATISFIED: Reason.FIGURE_MEETS,
    Outcome.NOT_SATISFIED: Reason.FIGURE_MISSES,
    Outcome.INSUFFICIENT_EVIDENCE: Reason.FIGURE_OPEN,
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`is_of_use` says that its words call it a figure of use today, beside which no other of its sentence counts."""

    finding: Finding
    sentence: int
    rank: float
    is_of_use: bool = False


def judged(asked: Question, wanted: Target, evidence: Evidence, relevance: Relevance) -> Finding:
    """The verdict of the stated figure that is most surely of the metric asked for.

    Among figures equally to the point the kindest counts: an offer of two sizes meets a demand for either.
    """
    candidates = [
        candidate
        for index, facts in enumerate(evidence.facts)
        for at, reading in enumerate(facts.figures)
        if units.is_comparable(wanted.dimension, reading.dimension)
        if (stated := Stated(reading, facts.measured[at], evidence.context(index)))
        if (candidate := _candidate(asked, wanted, facts.text, index, stated, relevance.of(index)))
    ]
    candidates = _of_use(candidates)
    if not candidates:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NO_FIGURE)
    top = max(candidate.rank for candidate in candidates)
    near = [candidate.finding for candidate in candidates if candidate.rank >= top - _TIE]
    return min(near, key=lambda finding: _PREFERENCE[finding.outcome])


def _candidate(
    asked: Question, wanted: Target, written: str, index: int, stated: Stated, relevance: float
) -> _Candidate | None:
    certainty, reading = same_measure.certainty(asked, wanted, stated, relevance), stated.reading
    if certainty is None:
        return None
    place = Place(index, reading.start, reading.end)
    if doubt := _doubt(asked.text, wanted, written, reading):
        open_ = Finding(Outcome.INSUFFICIENT_EVIDENCE, doubt, place)
        return _Candidate(open_, index, certainty + relevance - 1)
    outcome = compare.outcome(wanted, reading)
    finding = Finding(outcome, _REASONS[outcome], place)
    is_of_use = promises.is_of_use(written, reading)
    return _Candidate(finding, index, certainty + relevance, is_of_use)


def _of_use(candidates: list[_Candidate]) -> list[_Candidate]:
    """Without the figures that stand in one sentence with one of use (测试集98%，现场90%)."""
    used = {candidate.sentence for candidate in candidates if candidate.is_of_use}
    return [candidate for candidate in candidates if candidate.is_of_use or candidate.sentence not in used]


def _doubt(text: str, wanted: Target, written: str, reading: Reading) -> Reason | None:
    """Why a figure of the sentence `written` proves nothing, None where it does; it gives way to one that does."""
    start, end = segment(written, reading.quantity.figure_start)
    if hedges.is_planned(written, start, end):
        return Reason.FIGURE_PLANNED
    if _is_unproven(wanted, written, start, end, reading):
        return Reason.FIGURE_OPEN
    if promises.is_conditional(text, written, reading, (start, end)):
        return Reason.CONDITIONAL
    if foreign.is_doubtful(written):
        return Reason.UNREAD
    if promises.is_at_best(written, wanted, reading, start):
        return Reason.FIGURE_OPEN if compare.outcome(wanted, reading) is Outcome.SATISFIED else None
    return None


def _is_unproven(wanted: Target, text: str, start: int, end: int, reading: Reading) -> bool:
    figure, after = reading.quantity.figure_start, reading.quantity.end
    if hedges.UNPROVEN.search(text, start, figure) or hedges.SIMULATED.search(text, after, end):
        return True
    if reading.dimension not in _RECORD and hedges.FORMER.search(text, start, figure):
        return True
    if hedges.IN_LABORATORY.search(wanted.phrase):
        return False
    if hedges.is_under_others(text, start):
        return True
    return bool(hedges.IN_LABORATORY.search(text, start, figure) or hedges.IN_LABORATORY_AFTER.match(text, after))
