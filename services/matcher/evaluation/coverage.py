"""The risk–coverage curve: of all pairs, how many are decided and how many of those wrongly, by the least chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from common.contracts.matcher import Outcome

LEAST = (0.5, 0.6, 0.7, 0.8, 0.9)
_DECIDED = (Outcome.SATISFIED, Outcome.NOT_SATISFIED)


@dataclass(frozen=True, slots=True)
class WeighedVerdict:
    """What the rules say of a pair, and the learned verifier of the same.

    right    the reader's verdict, `ruled` that of the rules alone
    agreed   the chance by which the verifier stands behind the rules; None where it is not asked
    supports the chance that the offer meets the clause by the verifier alone, `refutes` that it misses it
    """

    right: Outcome
    ruled: Outcome
    agreed: float | None
    supports: float
    refutes: float

    def together(self, least: float) -> Outcome:
        """What is said where the verifier has to stand behind the rules by so much."""
        is_kept = self.agreed is None or self.agreed >= least
        return self.ruled if is_kept else Outcome.INSUFFICIENT_EVIDENCE

    def alone(self, least: float) -> Outcome:
        """What the verifier would say without rules; it compares no figures, so this is no way to judge."""
        if max(self.supports, self.refutes) < least:
            return Outcome.INSUFFICIENT_EVIDENCE
        return Outcome.SATISFIED if self.supports >= self.refutes else Outcome.NOT_SATISFIED


def curve(weighed: Sequence[WeighedVerdict]) -> Table:
    """By rules alone, by rules and verifier together, and by the verifier alone."""
    columns = ("decided by", "chance at least", "decided", "满足 right", "不满足 right", "wrongly decided")
    table = Table(*columns, title="risk and coverage")
    right = [each.right for each in weighed]
    table.add_row("rules", "", *_cells(right, [each.ruled for each in weighed]))
    for least in LEAST:
        table.add_row("both", f"{least:g}", *_cells(right, [each.together(least) for each in weighed]))
    for least in LEAST:
        table.add_row("verifier", f"{least:g}", *_cells(right, [each.alone(least) for each in weighed]))
    return table


def _cells(right: Sequence[Outcome], said: Sequence[Outcome]) -> Iterator[str]:
    decided = sum(one in _DECIDED for one in said)
    yield f"{decided / len(said):.1%}"
    hits = 0
    for outcome in _DECIDED:
        of_it = [one for one, ours in zip(right, said, strict=True) if ours is outcome]
        hits += (found := sum(one is outcome for one in of_it))
        yield f"{found} / {len(of_it)}"
    yield f"{(decided - hits) / len(said):.1%}"
