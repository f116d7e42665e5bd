"""Judges a clause that names standards, certificates or grades by the same names in a profile."""

import re

from common.contracts.matcher import Outcome
from matcher.engine.facts.identifiers import Identifier
from matcher.engine.modifiers import interpreter
from matcher.engine.modifiers.interpreter import Category, Kind, Scope
from matcher.engine.verdicts import precedence
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.words.stretches import segment

_OR = re.compile(r"或|任一|之一|\bor\b", re.IGNORECASE)
_ORDER = (Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE, Outcome.SATISFIED)


def judged(asked: Question, evidence: Evidence) -> Finding:
    """All names must be there, or one of them when the clause says 或; an absent name is no fail but lacks evidence."""
    text = asked.text
    findings = [_one(asked, identifier, evidence) for identifier in asked.named]
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


def _one(question: Question, asked: Identifier, evidence: Evidence) -> Finding:
    found = [
        _compared(question, asked, offered, evidence.facts[index], index)
        for index, offered in evidence.named(asked.key)
    ]
    if not found:
        words = {"missing": question.text[asked.start : asked.end]}
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT, words=words)
    return min(found, key=lambda finding: _ORDER[::-1].index(finding.outcome))


def _compared(question: Question, asked: Identifier, offered: Identifier, facts: Facts, index: int) -> Finding:
    scope = _scope(facts, offered)
    rule = None
    if facts.is_doubtful:
        outcome, reason = Outcome.INSUFFICIENT_EVIDENCE, Reason.UNREAD
    elif found := precedence.objection(Kind.NAME, facts.modified(scope), question.is_ignored):
        outcome, reason, rule = found.outcome, found.reason, found.rule
    else:
        outcome, reason = _by_grade(asked, offered)
    start, end = scope.stretch
    words = {"missing": question.text[asked.start : asked.end]}
    return Finding(outcome, reason, Place(index, start, max(end, offered.end)), words, rule)


def _by_grade(asked: Identifier, offered: Identifier) -> tuple[Outcome, Reason]:
    if asked.level is not None and offered.level is not None and offered.level < asked.level:
        return Outcome.NOT_SATISFIED, Reason.NAME_TOO_LOW
    if asked.parts and (by_parts := _by_parts(asked, offered)):
        return by_parts
    is_unclear = asked.level is not None and offered.level is None
    is_unclear = is_unclear or (asked.is_nominal and offered.level != asked.level)
    is_older = asked.year is not None and offered.year is not None and offered.year < asked.year
    if is_unclear or is_older:
        return Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT
    return Outcome.SATISFIED, Reason.NAMED


_JETS, _IMMERSED = (5.0, 6.0), 7.0
"""Second digits of an IP code: proof against jets says nothing of immersion."""


def _by_parts(asked: Identifier, offered: Identifier) -> tuple[Outcome, Reason] | None:
    """The verdict on a code digit by digit, None where each part is as high as asked."""
    pairs = [(want, have) for want, have in zip(asked.parts, offered.parts, strict=True) if want is not None]
    is_open = _is_other_test(asked, offered) or any(have is None for _, have in pairs)
    if not _is_other_test(asked, offered) and any(have is not None and have < want for want, have in pairs):
        return Outcome.NOT_SATISFIED, Reason.NAME_TOO_LOW
    return (Outcome.INSUFFICIENT_EVIDENCE, Reason.NAME_ABSENT) if is_open else None


def _is_other_test(asked: Identifier, offered: Identifier) -> bool:
    """IP66 against IP57: better against dust, and tested with jets where immersion is asked."""
    (dust, water), (own_dust, own_water) = asked.parts, offered.parts
    if asked.key != "ip" or dust is None or water is None or own_dust is None:
        return False
    return water >= _IMMERSED and own_water in _JETS and own_dust > dust


def _scope(facts: Facts, name: Identifier) -> Scope:
    """What speaks of a name begins where the sentence last turned, and ends at the next turn or name."""
    stretch = start, end = segment(facts.text, name.start)
    turning = interpreter.pattern(Category.TURN)
    turns = [turn.end() for turn in turning.finditer(facts.text, start, name.start)]
    turn = turning.search(facts.text, name.end, end)
    following = [other.start for other in facts.names if other.start >= name.end]
    own = max(turns, default=start), min([*following, turn.start() if turn else end, end])
    return Scope(Kind.NAME, facts.text, name.start, name.end, own, own, stretch)
