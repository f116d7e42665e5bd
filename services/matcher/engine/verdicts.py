"""Says of one clause what a profile's own words make of it: met, missed, or not told."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from common.contracts.catalog import Clause, ClauseKind
from common.contracts.matcher import ClauseVerdict, Outcome, Span
from common.fields import Language
from matcher.engine import by_figures, by_names, by_words, comparing, identifiers, relevance
from matcher.engine.comparing import Asked
from matcher.engine.evidence import Evidence
from matcher.engine.findings import Finding, Place, Reason, explained
from matcher.engine.identifiers import Identifier

_RANKED = ("ip", "等保", "cmmi", "dcmm", "itss", "sil", "总承包", "专业承包", "甲级", "器械类")
_NAMING = {ClauseKind.STANDARD, ClauseKind.QUALIFICATION, ClauseKind.SECURITY}
_WORST_FIRST = (Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE, Outcome.SATISFIED)


def judge(
    clause: Clause,
    position: int,
    evidence: Evidence,
    *,
    cosines: Sequence[float] | NDArray[np.float32] | None = None,
    language: Language = "zh",
) -> ClauseVerdict:
    """The verdict on the clause at `position` of a demand, with the words on both sides it rests on.

    cosines   (len(evidence.sentences),) cosine of the clause with each sentence, NaN for a sentence without a vector;
              None goes by words alone
    language  of the reason

    Lack of evidence is never a miss. Raises ValueError when the cosines are not one for each sentence.
    """
    if cosines is not None and len(cosines) != len(evidence.sentences):
        raise ValueError(f"{len(cosines)} cosines for {len(evidence.sentences)} sentences")
    finding = _finding(clause, evidence, cosines)
    span = _span(evidence, finding.place)
    return ClauseVerdict(
        clause=position,
        kind=clause.kind,
        is_hard=clause.is_hard,
        outcome=finding.outcome,
        demand_span=Span(source=f"clauses/{position}", start=0, end=len(clause.text), text=clause.text),
        profile_span=span,
        reason=explained(finding, span.text if span else finding.words.get("found", ""), language),
    )


def judge_all(
    clauses: Sequence[Clause],
    evidence: Evidence,
    *,
    cosines: NDArray[np.float32] | None = None,
    language: Language = "zh",
) -> tuple[ClauseVerdict, ...]:
    """One verdict per clause, in order; `cosines` is (len(clauses), len(evidence.sentences)) or None."""
    return tuple(
        judge(clause, i, evidence, cosines=None if cosines is None else cosines[i], language=language)
        for i, clause in enumerate(clauses)
    )


def _finding(clause: Clause, evidence: Evidence, cosines: Sequence[float] | NDArray[np.float32] | None) -> Finding:
    wanted = comparing.asked(clause)
    if wanted and wanted.dimension == "trl":
        return _by_level(wanted, evidence)
    named = identifiers.find(clause.text)
    about = relevance.of(clause.text, evidence, None if cosines is None else [float(c) for c in cosines])
    facets = []
    if wanted:
        facets.append(by_figures.judged(clause.text, wanted, evidence, about))
    if named and (not wanted or _turns_on_names(clause, named)):
        facets.append(by_names.judged(clause.text, named, evidence))
    if not facets:
        facets.append(by_words.judged(clause.text, evidence, about))
    return min(facets, key=lambda finding: _WORST_FIRST.index(finding.outcome))


def _turns_on_names(clause: Clause, named: Sequence[Identifier]) -> bool:
    """A standard beside a figure is mostly the way to measure it; a grade or a certificate is asked for itself."""
    return clause.kind in _NAMING or any(identifier.key.startswith(_RANKED) for identifier in named)


def _by_level(wanted: Asked, evidence: Evidence) -> Finding:
    """The highest level that any part of the profile claims, in its own field or in its words."""
    levels = [text.trl for text in evidence.texts if text.trl is not None]
    stated = [
        (reading.quantity.upper or reading.quantity.value, Place(index, reading.start, reading.end))
        for index, found in enumerate(evidence.readings)
        for reading in found
        if reading.dimension == "trl"
    ]
    if not levels and not stated:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NO_FIGURE)
    best, place = max([*((level, None) for level in levels), *stated], key=lambda pair: pair[0])
    is_met = wanted.allowed.low <= best
    reason = Reason.LEVEL_MEETS if is_met else Reason.LEVEL_MISSES
    outcome = Outcome.SATISFIED if is_met else Outcome.NOT_SATISFIED
    return Finding(outcome, reason, place, {"found": f"{best:g}"})


def _span(evidence: Evidence, place: Place | None) -> Span | None:
    if place is None:
        return None
    sentence = evidence.sentences[place.index]
    written = sentence.text[place.start : place.end]
    start = sentence.start + place.start + len(written) - len(written.lstrip())
    return Span(source=sentence.source, start=start, end=start + len(written.strip()), text=written.strip())
