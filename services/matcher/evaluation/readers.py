"""How far two readers of the same clause–profile pairs agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.contracts.matcher import Outcome


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """Of the `count` pairs that both read, `alike` got one verdict; `kappa` is Cohen's, 1 at best, 0 by chance."""

    count: int
    alike: int
    kappa: float


def agreement(first: Sequence[Outcome], second: Sequence[Outcome]) -> ReaderAgreement:
    """Of two readers' verdicts, pair by pair. Kappa is 1 where both always say the same one thing, 0 of nothing.

    Cohen, Educational and Psychological Measurement 20 (1960).
    """
    count = len(first)
    alike = sum(one is other for one, other in zip(first, second, strict=True))
    ours, theirs = Counter(first), Counter(second)
    by_chance = sum(ours[outcome] * theirs[outcome] for outcome in Outcome) / count**2 if count else 1.0
    observed = alike / count if count else 0.0
    kappa = (observed - by_chance) / (1 - by_chance) if by_chance < 1 else observed
    return ReaderAgreement(count, alike, kappa)
