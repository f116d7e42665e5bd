"""Judges a clause that names standards, certificates or grades by the same names in a profile."""

import re
from collections.abc import Sequence

from common.contracts.matcher import Outcome
from matcher.engine.facts import identifiers
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.modifiers import foreign, hedges
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.words.stretches import segment

_OR = re.compile(r"或|任一|之一|\bor\b", re.IGNORECASE)
_ORDER = (Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE, Outcome.SATISFIED)


def judged(asked: Question, evidence: Evidence) -> Finding:
    """All names must be there, or one of them when the clause says 或; an absent name is no fail but lacks evidence."""
    text = asked.text
    findings = [_one(text, identifier, evidence) for identifier in asked.named]
    order = _ORDER[::-1] if len(findings) > 1 and _OR.search(text) else _ORDER
    decisive = min(findings, key=lambda finding: order.index(finding.outcome))
    if decisive.place is None or decisive.outcome is not Outcome.SATISFIED:
        return decisive
    return _joined(decisive, findings)


def _joined(decisive: Finding, findings: list[Finding]) -> Finding:
    """One place for all names that stand in the same sentence."""
    places = [f.place for f in findings if f.place and decisive.place and f.place.index == decisive.place.index]
    start, end = min(place.start for place in places), max(place.end for place in places)
    return Finding(decisive.outcome, decisive.reason, Place(places[0].index, start, end), decisive.words)


def _one(text: str, asked: Identifier, evidence: Evidence) -> Finding:
    words = {"missing": text[asked.start : asked.end]}
    found = [
        _compared(text, asked, offered, evidence, index)
        for index, sentence in enumerate(evidence.sentences)
        if identifiers.may_name(asked.key, sentence.text)
        for offered in evidence.facts[index].names
        if offered.key == asked.key
    ]
    if not found:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT, words=words)
    return min(found, key=lambda finding: _ORDER[::-1].index(finding.outcome))


def _compared(text: str, asked: Identifier, offered: Identifier, evidence: Evidence, index: int) -> Finding:
    words = {"missing": text[asked.start : asked.end]}
    written = evidence.sentences[index].text
    start, end = segment(written, offered.start)
    place = Place(index, start, max(end, offered.end))
    if foreign.is_doubtful(written):
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.UNREAD, place, words)
    if hedges.is_planned(written, start, end):
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_PENDING, place, words)
    own_start, own_end = _own(written, start, end, offered, evidence.facts[index].names)
    if hedges.LAPSED.search(written, offered.end, own_end):
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_LAPSED, place, words)
    if denial := hedges.DENIAL.search(written, own_start, own_end):
        if hedges.FORMER.search(written, own_start, denial.start()):
            return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT, place, words)
        return Finding(Outcome.NOT_SATISFIED, Reason.NAME_DENIED, place, words)
    if hedges.is_conditional(text, written, own_start, own_end):
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.CONDITIONAL, place, words)
    if asked.level is not None and offered.level is not None and offered.level < asked.level:
        return Finding(Outcome.NOT_SATISFIED, Reason.NAME_TOO_LOW, place, words)
    is_unclear = asked.level is not None and offered.level is None
    is_older = asked.year is not None and offered.year is not None and offered.year < asked.year
    if is_unclear or is_older:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT, place, words)
    return Finding(Outcome.SATISFIED, Reason.NAMED, place, words)


def _own(written: str, start: int, end: int, name: Identifier, others: Sequence[Identifier]) -> tuple[int, int]:
    """What of `written[start:end]` speaks of this name: from where the sentence last turned to the next name."""
    after = [other.start for other in others if other.start >= name.end]
    turns = [turn.end() for turn in hedges.TURN.finditer(written, start, name.start)]
    turn = hedges.TURN.search(written, name.end, end)
    return max(turns, default=start), min([*after, turn.start() if turn else end, end])
