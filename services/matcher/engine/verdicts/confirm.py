"""Decides only where the rules and the learned verifier agree; else withholds the verdict."""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from common.contracts.matcher import Outcome
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.judge import Ruling
from matcher.engine.verdicts.reasons import Place, Reason
from matcher.engine.verification.claims import ParagraphClaim, Verifies

_COMPARED = {Reason.FIGURE_MEETS, Reason.FIGURE_MISSES, Reason.LEVEL_MEETS, Reason.LEVEL_MISSES}
"""Reasons in which code compared two figures."""
_ALONE = {Reason.NAME_TOO_LOW, Reason.NAME_DENIED}
"""Reasons for a miss in which the very name asked for stands in the profile with a lower grade, or is denied: rules
decide alone. On 772 judged pairs 20 of 20 such verdicts were right, and the verifier would have withheld two."""
LONGEST = 2_400
"""Characters of a part of a profile among which the verifier reads, so that no cost grows with it."""


_ENDED = re.compile(r"(?<=[。.！!？?；;：:，,])[^\S\n]*\n\s*")
_LINE_END = re.compile(r"[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least chances that confirm a verdict; decision 35 says how they were set.

    compared  that the paragraph tells of what the clause asks, where code has compared a figure or a grade
    met       that it supports the clause, where the rules found words or names; `missed`, that it refutes it
    """

    compared: float
    met: float
    missed: float


@cache
def shipped() -> Thresholds:
    stored = files("matcher.engine.verification") / "data" / "thresholds.json"
    return Thresholds(**json.loads(stored.read_text(encoding="utf-8")))


def confirmed(ruling: Ruling, evidence: Evidence, verifier: Verifies) -> Ruling:
    """A decided ruling where the verifier agrees, else one that says what was found and withholds; open ones stay.

    The verifier never decides by itself, and never compares figures. At most one claim, some 10 ms.
    """
    chance = agreement(ruling, evidence, verifier)
    return ruling if chance is None or chance >= _bar(ruling) else withheld(ruling)


def agreement(ruling: Ruling, evidence: Evidence, verifier: Verifies) -> float | None:
    """The chance, 0 … 1, by which the verifier stands behind a ruling; None where it is not asked.

    Where code compared, that the part of the profile around the place speaks of what the clause asks: how large the
    figure is, the verifier does not judge. Else that it supports the clause that is met, or refutes one that is missed.
    """
    finding = ruling.finding
    if finding.place is None or not is_asked(ruling):
        return None
    chances: list[float] = verifier.verify([_claim(ruling.clause.text, evidence, finding.place)])[0].tolist()
    supports, refutes, _ = chances
    if finding.reason in _COMPARED:
        return supports + refutes
    return supports if finding.outcome is Outcome.SATISFIED else refutes


def is_asked(ruling: Ruling) -> bool:
    """Whether the verifier has a say: of a ruling that decides, by words at some place of the profile."""
    is_open = ruling.outcome is Outcome.INSUFFICIENT_EVIDENCE or ruling.finding.place is None
    return not is_open and ruling.finding.reason not in _ALONE


def withheld(ruling: Ruling) -> Ruling:
    """A ruling that decides as one that does not, and still says what was found and which way it points."""
    looks = Reason.LOOKS_MET if ruling.outcome is Outcome.SATISFIED else Reason.LOOKS_MISSED
    finding = replace(ruling.finding, outcome=Outcome.INSUFFICIENT_EVIDENCE, reason=looks)
    return replace(ruling, finding=finding)


def _bar(ruling: Ruling) -> float:
    if ruling.finding.reason in _COMPARED:
        return shipped().compared
    return shipped().met if ruling.outcome is Outcome.SATISFIED else shipped().missed


def _claim(requirement: str, evidence: Evidence, place: Place) -> ParagraphClaim:
    """Whether the part of the profile around `place` shows that the requirement is met."""
    at, around = evidence.in_context(place.index, place.start), evidence.context(place.index)
    first = max(0, min(at - LONGEST // 2, len(around.text) - LONGEST))
    before, after = (
        _as_one(text, is_chinese=around.is_chinese)
        for text in (around.text[first:at], around.text[at : first + LONGEST])
    )
    return ParagraphClaim(requirement, before + after, len(before))


def _as_one(text: str, *, is_chinese: bool) -> str:
    """The lines as sentences of one paragraph, each ended: the verifier learnt no others, and no headlines."""
    return _LINE_END.sub("。" if is_chinese else ". ", _ENDED.sub("" if is_chinese else " ", text))
