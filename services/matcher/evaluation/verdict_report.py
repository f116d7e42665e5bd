"""Puts judged verdicts together: how often each label is right, how much is decided, and where it goes wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from common.contracts.matcher import Outcome
from common.intervals import wilson
from matcher.evaluation.coverage import WeighedVerdict, curve
from matcher.evaluation.readers import ReaderAgreement, agreement

NAMES = {
    Outcome.SATISFIED: "满足",
    Outcome.NOT_SATISFIED: "不满足",
    Outcome.INSUFFICIENT_EVIDENCE: "证据不足",
}
DECIDED = (Outcome.SATISFIED, Outcome.NOT_SATISFIED)


@dataclass(frozen=True, slots=True)
class ScoredVerdict:
    """`right` is the reader's verdict, `second` that of a second reader if there was one, `said` ours.

    weighed  what the learned verifier makes of it; None where it was not asked
    """

    clause: str
    profile: str
    kind: str
    right: Outcome
    said: Outcome
    reason: str
    second: Outcome | None = None
    weighed: WeighedVerdict | None = None

    @property
    def is_alike(self) -> bool:
        return self.said is self.right

    @property
    def is_wrongly_decided(self) -> bool:
        return self.said in DECIDED and not self.is_alike


def as_json(judged: Sequence[ScoredVerdict]) -> dict[str, Any]:
    """`wrong` holds every pair that was wrongly decided, in order; `readers` is there where two read some pairs."""
    readers = _readers(judged)
    told = {"both_read": readers.count, "alike": readers.alike, "kappa": readers.kappa}
    return {
        "cases": len(judged),
        "alike": sum(one.is_alike for one in judged),
        "satisfied": _counts(judged, Outcome.SATISFIED),
        "not_satisfied": _counts(judged, Outcome.NOT_SATISFIED),
        "wrong": [
            {
                "clause": one.clause,
                "profile": one.profile,
                "right": NAMES[one.right],
                "said": NAMES[one.said],
                "reason": one.reason,
            }
            for one in judged
            if one.is_wrongly_decided
        ],
    } | ({"readers": told} if readers.count else {})


def tables(judged: Sequence[ScoredVerdict]) -> list[Table]:
    readers, weighed = _readers(judged), [one.weighed for one in judged if one.weighed]
    return [
        _summary(judged),
        _confusion(judged),
        *([curve(weighed)] if weighed else []),
        *([_of_readers(readers)] if readers.count else []),
    ]


def _readers(judged: Sequence[ScoredVerdict]) -> ReaderAgreement:
    twice = [(one.right, one.second) for one in judged if one.second is not None]
    return agreement([first for first, _ in twice], [second for _, second in twice])


def _of_readers(readers: ReaderAgreement) -> Table:
    table = Table("figure", "of", "share", "95 % interval", title="two readers of the same pairs")
    _row(table, "alike", readers.alike, readers.count)
    table.add_row("Cohen's kappa", "", f"{readers.kappa:.3f}", "")
    return table


def _counts(judged: Sequence[ScoredVerdict], outcome: Outcome) -> dict[str, int]:
    said = [one for one in judged if one.said is outcome]
    return {"said": len(said), "right": sum(one.is_alike for one in said)}


def _summary(judged: Sequence[ScoredVerdict]) -> Table:
    table = Table("figure", "of", "share", "95 % interval", title=f"{len(judged)} judged pairs")
    _row(table, "alike", sum(one.is_alike for one in judged), len(judged))
    for outcome in DECIDED:
        counts = _counts(judged, outcome)
        _row(table, f"{NAMES[outcome]} right", counts["right"], counts["said"])
    _row(table, "decided", sum(one.said in DECIDED for one in judged), len(judged))
    decidable = [one for one in judged if one.right in DECIDED]
    _row(table, "decidable and decided", sum(one.said in DECIDED for one in decidable), len(decidable))
    _row(table, "wrongly decided", sum(one.is_wrongly_decided for one in judged), len(judged))
    return table


def _row(table: Table, name: str, right: int, count: int) -> None:
    low, high = wilson(right, count)
    share = f"{right / count:.1%}" if count else "–"
    table.add_row(name, f"{right} / {count}", share, f"{low:.1%} … {high:.1%}")


def _confusion(judged: Sequence[ScoredVerdict]) -> Table:
    """By kind: reader's verdict → ours, only what occurs."""
    columns = [(right, said) for right in Outcome for said in Outcome]
    found = Counter((one.kind or "–", one.right, one.said) for one in judged)
    table = Table("kind", *(f"{NAMES[right]}→{NAMES[said]}" for right, said in columns), title="right → said, by kind")
    for kind in sorted({kind for kind, _, _ in found}):
        table.add_row(kind, *(str(found[kind, right, said] or "") for right, said in columns))
    return table
