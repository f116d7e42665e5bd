"""Decides only where the rules and the learned verifier agree; else withholds the verdict."""

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from common.contracts.matcher import Outcome
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.judge import Ruling
from matcher.engine.verdicts.reasons import Reason
from matcher.engine.verification.claims import SentenceClaim, Verifies

_COMPARED = {Reason.FIGURE_MEETS, Reason.FIGURE_MISSES, Reason.NAME_TOO_LOW, Reason.LEVEL_MEETS, Reason.LEVEL_MISSES}
"""Reasons in which code compared two figures or grades."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The least chance that a sentence supports the clause, to call it met, and refutes it, to call it missed."""

    met: float
    missed: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set for precision on pairs that the verifier was not trained on (decision 35).

    compared  where code has compared a figure or a grade
    said      where the rules found words or names
    """

    compared: Bar
    said: Bar


@cache
def shipped() -> Thresholds:
    stored = files("matcher.engine.verification") / "data" / "thresholds.json"
    return Thresholds(**{name: Bar(**bar) for name, bar in json.loads(stored.read_text(encoding="utf-8")).items()})


def confirmed(ruling: Ruling, evidence: Evidence, verifier: Verifies) -> Ruling:
    """A decided ruling where the verifier agrees, else one that says what was found and withholds; open ones stay.

    The verifier never decides by itself, and never compares figures. At most one claim, some 5 ms.
    """
    finding = ruling.finding
    if finding.outcome is Outcome.INSUFFICIENT_EVIDENCE or finding.place is None:
        return ruling
    supports, refutes = _chances(ruling.clause.text, evidence, finding.place.index, verifier)
    bar = shipped().compared if finding.reason in _COMPARED else shipped().said
    agrees = supports >= bar.met if finding.outcome is Outcome.SATISFIED else refutes >= bar.missed
    if agrees:
        return ruling
    return replace(ruling, finding=replace(finding, outcome=Outcome.INSUFFICIENT_EVIDENCE, reason=Reason.UNCONFIRMED))


def _chances(requirement: str, evidence: Evidence, index: int, verifier: Verifies) -> tuple[float, float]:
    """That sentence `index` supports and refutes the requirement, read with the sentence that precedes it."""
    claim = SentenceClaim(requirement, evidence.sentences[index].text, evidence.before(index))
    supports, refutes, _ = verifier.verify([claim])[0].tolist()
    return supports, refutes
