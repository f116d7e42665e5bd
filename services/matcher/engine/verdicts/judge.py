"""Says of one clause what a profile's own words make of it: met, missed, or not told."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.contracts.clauses import Clause
from common.contracts.matcher import ClauseVerdict, Outcome, Quoted, Span
from common.fields import Language
from matcher.engine.clauses.target import Target
from matcher.engine.facts.readings import Reading
from matcher.engine.modifiers.interpreter import Category, Kind, Scope
from matcher.engine.verdicts import by_figures, by_names, by_sizes, by_words, precedence
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason, worded
from matcher.engine.verdicts.relevance import Cosines, Relevance
from matcher.engine.words.stretches import segment

_NOTHING = Quoted(found="")
_WORST_FIRST = (Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE, Outcome.SATISFIED)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the clause at `position` of a demand comes to, before it is put into words."""

    clause: Clause
    position: int
    finding: Finding

    @property
    def is_hard(self) -> bool:
        return self.clause.is_hard

    @property
    def outcome(self) -> Outcome:
        return self.finding.outcome

    @property
    def rule(self) -> str | None:
        """The id of the rule of zh.toml or en.toml that decided, None when none did."""
        return self.finding.rule


def judge(
    clause: Clause,
    position: int,
    evidence: Evidence,
    *,
    cosines: Cosines | None = None,
    language: Language = "zh",
) -> ClauseVerdict:
    """The verdict on the clause at `position` of a demand, with the words on both sides it rests on.

    cosines   (len(evidence.sentences),) cosine of the clause with each sentence, NaN for a sentence without a vector;
              None goes by words alone
    language  of the reason

    Lack of evidence is never a miss. Raises ValueError when the cosines are not one for each sentence.
    """
    return told(rule(Question(clause), position, evidence, cosines), evidence, language)


def judge_all(
    clauses: Sequence[Clause],
    evidence: Evidence,
    *,
    cosines: NDArray[np.float32] | None = None,
    language: Language = "zh",
) -> tuple[ClauseVerdict, ...]:
    """One verdict per clause, in order; `cosines` is (len(clauses), len(evidence.sentences)) or None."""
    return tuple(told(ruling, evidence, language) for ruling in rule_all(clauses, evidence, cosines))


def rule_all(clauses: Sequence[Clause], evidence: Evidence, cosines: NDArray[np.float32] | None) -> tuple[Ruling, ...]:
    """What `judge_all` says, without the words: to rank by, at half the cost."""
    rows: Sequence[Cosines | None] = [None] * len(clauses) if cosines is None else cosines.tolist()
    return tuple(
        rule(Question(clause), at, evidence, row) for at, (clause, row) in enumerate(zip(clauses, rows, strict=True))
    )


def rule(asked: Question, position: int, evidence: Evidence, cosines: Cosines | None) -> Ruling:
    """One of `rule_all`."""
    return Ruling(asked.clause, position, _finding(asked, evidence, cosines))


def told(ruling: Ruling, evidence: Evidence, language: Language, asked: Span | None = None) -> ClauseVerdict:
    """A ruling on this evidence in words.

    asked  where the clause stands in the demand; None when it has a field of its own
    """
    clause, finding = ruling.clause, ruling.finding
    span = _span(evidence, finding.place)
    quoted = Quoted(**{"found": span.text if span else "", **finding.words}) if span or finding.words else _NOTHING
    return ClauseVerdict(
        clause=ruling.position,
        kind=clause.kind,
        is_hard=clause.is_hard,
        outcome=finding.outcome,
        demand_span=asked or Span(source=f"clauses/{ruling.position}", start=0, end=len(clause.text), text=clause.text),
        profile_span=span,
        reason=worded(finding.reason, quoted, language),
        code=finding.reason,
        quoted=quoted,
    )


def _finding(asked: Question, evidence: Evidence, cosines: Cosines | None) -> Finding:
    if cosines is not None and len(cosines) != len(evidence.sentences):
        raise ValueError(f"{len(cosines)} cosines for {len(evidence.sentences)} sentences")
    if asked.joined:
        return _worst([_finding(part, evidence, cosines) for part in asked.joined])
    if asked.wanted and asked.wanted.dimension == "trl":
        return _by_level(asked, asked.wanted, evidence)
    about = Relevance(asked.facts.content, evidence, cosines)
    facets = []
    if asked.size:
        facets.append(by_sizes.judged(asked, asked.size, evidence))
    if asked.wanted:
        facets.append(by_figures.judged(asked, asked.wanted, evidence, about))
    if asked.named:
        facets.append(by_names.judged(asked, evidence))
    if not facets:
        facets.append(by_words.judged(asked, evidence, about))
    return _worst(facets)


def _worst(findings: Sequence[Finding]) -> Finding:
    """What a clause of several parts comes to: missed if one is, met if all are."""
    return min(findings, key=lambda finding: _WORST_FIRST.index(finding.outcome))


def _by_level(asked: Question, wanted: Target, evidence: Evidence) -> Finding:
    """The highest level that any part of the profile claims, in its own field or in its words."""
    levels = [text.trl for text in evidence.texts if text.trl is not None]
    stated, open_ = [], Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NO_FIGURE)
    for index, facts in enumerate(evidence.facts):
        for reading in facts.figures:
            if reading.dimension != "trl":
                continue
            level, place = reading.quantity.upper or reading.quantity.value, Place(index, reading.start, reading.end)
            held = facts.modified(_level_scope(facts.text, reading))
            found = precedence.objection(Kind.LEVEL, held, asked.is_ignored)
            if found is None:
                stated.append((level, place))
            elif found.category is Category.DENIED and level <= wanted.allowed.low:
                open_ = Finding(found.outcome, found.reason, place, {"found": f"{level - 1:g}"}, found.rule)
    if not levels and not stated:
        return open_
    best, place_ = max([*((level, None) for level in levels), *stated], key=lambda pair: pair[0])
    is_met = wanted.allowed.low <= best
    reason = Reason.LEVEL_MEETS if is_met else Reason.LEVEL_MISSES
    outcome = Outcome.SATISFIED if is_met else Outcome.NOT_SATISFIED
    return Finding(outcome, reason, place_, {"found": f"{best:g}"})


def _level_scope(text: str, reading: Reading) -> Scope:
    stretch = segment(text, reading.quantity.figure_start)
    return Scope(Kind.LEVEL, text, reading.quantity.figure_start, reading.quantity.end, stretch, stretch, stretch)


def _span(evidence: Evidence, place: Place | None) -> Span | None:
    if place is None:
        return None
    sentence = evidence.sentences[place.index]
    written = sentence.text[place.start : place.end]
    start = sentence.start + place.start + len(written) - len(written.lstrip())
    return Span(source=sentence.source, start=start, end=start + len(written.strip()), text=written.strip())
