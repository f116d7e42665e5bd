"""Judges a clause that asks for a size of two or three sides by the sizes a profile states of the same thing."""

import math
import re
from collections.abc import Callable

from common.contracts.clauses import Comparison
from common.contracts.matcher import Outcome
from matcher.engine.facts import cue_words
from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.sizes import Size
from matcher.engine.modifiers.interpreter import Kind, Scope
from matcher.engine.verdicts import precedence
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.words import overlap
from matcher.engine.words.stretches import segment

_MET, _MISSED, _OPEN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE
_KINDEST = (_MET, _OPEN, _MISSED)
_REASONS = {_MET: Reason.FIGURE_MEETS, _MISSED: Reason.FIGURE_MISSES, _OPEN: Reason.FIGURE_OPEN}
_WHOLE = re.compile(
    r"外形|整机|总体|机身|尺寸|规格|大小|有效|最大|最小|标准|额定|不[大小低高]于|不超过|为|可|须|"
    r"\b(?:footprint|dimensions?|size|overall|shall|not|exceed|the|has|have|is|of|a|an|unit)\b",
    re.IGNORECASE,
)
"""Words that name a size, or the offer as a whole, and no part of it."""
_SAME_NAME = 0.5
_SLACK = 1e-9
_EXACT = {None, Cue.REACH, Cue.EQUAL}


def judged(asked: Question, wanted: Size, evidence: Evidence) -> Finding:
    """The kindest verdict of the sizes that are called what the clause calls it, in its own language."""
    found = [
        _finding(asked, wanted, facts, size, index)
        for index, facts in enumerate(evidence.facts)
        for size in facts.sizes
        if size.is_pixels is wanted.is_pixels and _is_same_thing(asked, wanted, facts, size)
    ]
    if not found:
        return Finding(_OPEN, Reason.NO_FIGURE)
    return min(found, key=lambda finding: _KINDEST.index(finding.outcome))


def outcome(wanted: Size, offered: Size) -> Outcome:
    """Side by side in the order written; a surface may be turned, what else would do only when turned is left open."""
    if len(wanted.sides) != len(offered.sides) or offered.cue not in _EXACT:
        return _OPEN
    does = _test(wanted)
    if all(map(does, offered.sides, wanted.sides)):
        return _MET
    if not all(map(does, sorted(offered.sides), sorted(wanted.sides))):
        return _MISSED
    is_surface = len(wanted.sides) == 2 and not wanted.is_pixels
    return _MET if is_surface else _OPEN


def _test(wanted: Size) -> Callable[[float, float], bool]:
    """Whether an offered side does for an asked one."""
    asked = cue_words.comparison(wanted.cue, is_lower_better=False)
    if asked in (Comparison.AT_LEAST, Comparison.MORE_THAN):
        return lambda offered, side: offered > side or math.isclose(offered, side, rel_tol=_SLACK)
    if asked in (Comparison.AT_MOST, Comparison.LESS_THAN):
        return lambda offered, side: offered < side or math.isclose(offered, side, rel_tol=_SLACK)
    return lambda offered, side: math.isclose(offered, side, rel_tol=_SLACK)


def _finding(asked: Question, wanted: Size, facts: Facts, size: Size, index: int) -> Finding:
    stretch = segment(facts.text, size.figure_start)
    place = Place(index, stretch[0], max(stretch[1], size.end))
    scope = Scope(Kind.FIGURE, facts.text, size.figure_start, size.end, stretch, stretch, stretch)
    if found := precedence.objection(Kind.FIGURE, facts.modified(scope), asked.is_ignored):
        return Finding(found.outcome, found.reason, place, rule=found.rule)
    if facts.is_doubtful:
        return Finding(_OPEN, Reason.UNREAD, place)
    said = outcome(wanted, size)
    return Finding(said, _REASONS[said], place)


def _is_same_thing(asked: Question, wanted: Size, facts: Facts, size: Size) -> bool:
    """Whether both are sizes of the whole, or of a part that both name."""
    if asked.facts.is_chinese is not facts.is_chinese:
        return False
    ours, theirs = _part(asked.text, wanted), _part(facts.text, size)
    if overlap.is_opposite(ours, theirs):
        return False
    named, offered = overlap.content(ours), overlap.content(theirs)
    if not named.pairs or not offered.pairs:
        return not offered.pairs and (not named.pairs or overlap.said(named, facts.content) >= _SAME_NAME)
    return max(overlap.said(named, offered), overlap.said(offered, named)) >= _SAME_NAME


def _part(text: str, size: Size) -> str:
    """What the words before a size say that it is of, "" for the whole."""
    return _WHOLE.sub(" ", text[segment(text, size.figure_start)[0] : size.start])
