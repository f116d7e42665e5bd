"""Judges a clause that asks for a figure by the figures a profile states of the same metric."""

import re
from dataclasses import dataclass, replace

from common.contracts.matcher import Outcome
from matcher.engine.clauses.target import Target
from matcher.engine.facts.readings import Reading
from matcher.engine.modifiers.interpreter import Category, Kind, Scope
from matcher.engine.verdicts import best_case, compare, counted, precedence, same_measure
from matcher.engine.verdicts.evidence import Evidence, Stated
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.verdicts.relevance import Relevance
from matcher.engine.words.stretches import segment

_TIE = 0.25
_DIGIT = re.compile(r"\d")
_RECORD = {"count", "people", "money"}
"""Dimensions of what was done, which the past counts for: 此前已实施案例5个."""
_PREFERENCE = {Outcome.SATISFIED: 0, Outcome.INSUFFICIENT_EVIDENCE: 1, Outcome.NOT_SATISFIED: 2}
_REASONS = {
    Outcome.SATISFIED: Reason.FIGURE_MEETS,
    Outcome.NOT_SATISFIED: Reason.FIGURE_MISSES,
    Outcome.INSUFFICIENT_EVIDENCE: Reason.FIGURE_OPEN,
}
_NONE = Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NO_FIGURE)


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
        for stated in evidence.stated(wanted.dimension)
        if (candidate := _candidate(asked, wanted, evidence.facts[stated.index], stated, relevance))
    ]
    if not candidates:
        return _NONE
    candidates = _of_use(candidates)
    top = max(candidate.rank for candidate in candidates)
    near = [candidate.finding for candidate in candidates if candidate.rank >= top - _TIE]
    return min(near, key=lambda finding: _PREFERENCE[finding.outcome])


def _candidate(asked: Question, wanted: Target, written: Facts, stated: Stated, about: Relevance) -> _Candidate | None:
    reading = stated.reading
    if wanted.dimension == counted.DIMENSION and counted.are_of_other_things(asked, reading, written):
        return None
    certainty = same_measure.certainty(asked, wanted, stated, about)
    if certainty is None:
        return None
    relevance = about.of(stated.index)
    place = Place(stated.index, reading.start, reading.end)
    if doubt := _objection(asked, wanted, written, reading):
        return _Candidate(replace(doubt, place=place), stated.index, certainty + relevance - 1)
    outcome = compare.outcome(wanted, reading)
    if outcome is Outcome.NOT_SATISFIED and _is_of_a_part(asked, wanted, reading, written):
        outcome = Outcome.INSUFFICIENT_EVIDENCE
    finding = Finding(outcome, _REASONS[outcome], place)
    is_of_use = _is_of_use(written, reading)
    return _Candidate(finding, stated.index, certainty + relevance, is_of_use)


def _is_of_a_part(asked: Question, wanted: Target, reading: Reading, written: Facts) -> bool:
    return wanted.dimension == counted.DIMENSION and counted.is_of_a_part(asked, reading, written)


def _of_use(candidates: list[_Candidate]) -> list[_Candidate]:
    """Without the figures that stand in one sentence with one of use (测试集98%，现场90%)."""
    used = {candidate.sentence for candidate in candidates if candidate.is_of_use}
    return [candidate for candidate in candidates if candidate.is_of_use or candidate.sentence not in used]


def _objection(asked: Question, wanted: Target, written: Facts, reading: Reading) -> Finding | None:
    """Why a figure of the sentence `written` proves nothing, None where it does; it gives way to one that does."""
    open_, scope = Outcome.INSUFFICIENT_EVIDENCE, scope_of(written, reading)

    def is_ignored(category: Category) -> bool:
        is_told_by_it = reading.dimension in _RECORD or reading.is_against_former
        if category in (Category.FORMER, Category.FORMER_ONCE) and is_told_by_it:
            return True
        is_size = category is Category.OPTIONAL and _is_one_of_several(written.text, reading)
        return is_size or asked.is_ignored(category)

    if found := precedence.objection(Kind.FIGURE, written.modified(scope), is_ignored):
        return Finding(found.outcome, found.reason, rule=found.rule)
    if written.is_doubtful:
        return Finding(open_, Reason.UNREAD)
    at_best = best_case.rule_of(wanted, reading, written, scope)
    if at_best and compare.outcome(wanted, reading) is Outcome.SATISFIED:
        return Finding(open_, Reason.FIGURE_OPEN, rule=at_best)
    return None


def scope_of(written: Facts, reading: Reading) -> Scope:
    """Options and partners are looked for between the figures on both sides, everything else between the commas."""
    figure = reading.quantity.figure_start
    if figure not in written.scopes:
        written.scopes[figure] = _scope(written.text, reading)
    return written.scopes[figure]


def _scope(text: str, reading: Reading) -> Scope:
    figure, end = reading.quantity.figure_start, reading.quantity.end
    stretch = segment(text, figure)
    left = next((at + 1 for at in range(figure - 1, stretch[0] - 1, -1) if text[at].isdecimal()), stretch[0])
    right = match.start() if (match := _DIGIT.search(text, end, stretch[1])) else stretch[1]
    return Scope(Kind.FIGURE, text, figure, end, stretch, (left, right), stretch)


def _is_one_of_several(text: str, reading: Reading) -> bool:
    """Whether a figure is a size to choose from (8t、12t可选), not an option."""
    return reading.quantity.upper is not None or text.startswith(("、", "/", "或"), reading.quantity.end)


def _is_of_use(written: Facts, reading: Reading) -> bool:
    """Whether the words between a share and the figure before it call it one of use today (现场90%).

    Of a time 现场 says what is done there (现场调试70天).
    """
    if reading.dimension not in best_case.SHARES:
        return False
    scope = scope_of(written, reading)
    between = scope if scope.near == scope.own else replace(scope, near=scope.own)
    return written.rule(Category.IN_USE, between) is not None
