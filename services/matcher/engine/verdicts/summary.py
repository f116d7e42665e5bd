"""What the verdicts on a demand's clauses come to: one line to read, a gate, and a weight."""

from collections.abc import Sequence
from typing import Protocol

from common.contracts.clauses import Clause
from common.contracts.matcher import ClauseVerdict, Outcome
from common.fields import Language
from matcher.engine.verdicts.reasons import Reason

_PARTS: dict[Language, tuple[str, str, str, str]] = {
    "zh": ("{} 项满足", "{} 项疑似满足", "{} 项证据不足", "缺 {} 项：{}"),
    "en": ("{} met", "{} that look met", "{} without enough evidence", "{} missing: {}"),
}
_NOTHING: dict[Language, str] = {"zh": "需求没有列出条款", "en": "the demand lists no clauses"}
_JOINT: dict[Language, tuple[str, str, str]] = {"zh": ("，", "、", "等"), "en": (", ", "; ", " and more")}
_MOST_NAMED, _LONGEST_NAME = 3, 40
_CREDIT = {Outcome.SATISFIED: 1.0, Outcome.INSUFFICIENT_EVIDENCE: 0.5, Outcome.NOT_SATISFIED: 0.0}
_HARD, _SOFT = 2.0, 1.0


def summary(verdicts: Sequence[ClauseVerdict], language: Language) -> str:
    """3 项满足，1 项疑似满足，1 项证据不足，缺 1 项：识别准确率≥95%. Parts that count nothing are left out."""
    if not verdicts:
        return _NOTHING[language]
    met, likely, unclear, missing = _PARTS[language]
    parts, looks = [], sum(verdict.code == Reason.LOOKS_MET for verdict in verdicts)
    if count := _count(verdicts, Outcome.SATISFIED):
        parts.append(met.format(count))
    if looks:
        parts.append(likely.format(looks))
    if count := _count(verdicts, Outcome.INSUFFICIENT_EVIDENCE) - looks:
        parts.append(unclear.format(count))
    if count := _count(verdicts, Outcome.NOT_SATISFIED):
        parts.append(missing.format(count, _names(verdicts, language)))
    return _JOINT[language][0].join(parts)


class Ruled(Protocol):
    """A verdict as far as it counts."""

    @property
    def is_hard(self) -> bool: ...

    @property
    def outcome(self) -> Outcome: ...


def is_gated(verdicts: Sequence[Ruled]) -> bool:
    """Whether a binding clause is missed, so that there is no fit whatever the rest."""
    return any(verdict.is_hard and verdict.outcome is Outcome.NOT_SATISFIED for verdict in verdicts)


def support(verdicts: Sequence[Ruled]) -> float:
    """How far the clauses speak for the offer, 0 … 1: met 1, missed 0, untold ½, binding clauses twice as heavy.

    ½ when there are no clauses: nothing speaks either way.
    """
    return most_support(verdicts, [])


def most_support(verdicts: Sequence[Ruled], ahead: Sequence[Clause]) -> float:
    """What `support` comes to if the clauses ahead are all met."""
    credit = weight = sum(map(_weight, ahead))
    for verdict in verdicts:
        weight += _weight(verdict)
        credit += _weight(verdict) * _CREDIT[verdict.outcome]
    return credit / weight if weight else _CREDIT[Outcome.INSUFFICIENT_EVIDENCE]


def _weight(clause: Ruled | Clause) -> float:
    return _HARD if clause.is_hard else _SOFT


def _count(verdicts: Sequence[ClauseVerdict], outcome: Outcome) -> int:
    return sum(verdict.outcome is outcome for verdict in verdicts)


def _names(verdicts: Sequence[ClauseVerdict], language: Language) -> str:
    missed = [_short(verdict.demand_span.text) for verdict in verdicts if verdict.outcome is Outcome.NOT_SATISFIED]
    _, joint, more = _JOINT[language]
    return joint.join(missed[:_MOST_NAMED]) + (more if len(missed) > _MOST_NAMED else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
