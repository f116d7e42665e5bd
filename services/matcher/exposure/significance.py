"""Whether a group is shown more or less than chance would have it: exact, and by place in the list.

The hypothesis is that in each ranking a chance draw decides who of those considered is shown, and where. It says
nothing of why it may not hold: groups may offer different things.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from matcher.engine.ranking.calibration import Floats, Ints

LEAST_EXPECTED = 5.0
"""The normal distribution stands for the exact one from so many on (Cochran, Biometrics 10, 1954, 417-451)."""
_NEGLIGIBLE = 1e-16
_AS_LIKELY = 1 + 1e-7
"""Probabilities that differ by rounding alone count as equal, as in R's fisher.test."""


@dataclass(frozen=True)
class RankedGroup:
    """A group in one ranking: `own` of the `pool` that was considered are of it, `shown` were shown of all, and those
    of the group at `places`, from 1."""

    pool: int
    own: int
    shown: int
    places: Sequence[int]


def expected_shown(rankings: Iterable[RankedGroup]) -> float:
    return sum(each.shown * each.own / each.pool for each in rankings)


def shown_p(rankings: Sequence[RankedGroup]) -> float:
    """Two-sided p of how many of the group were shown, over all rankings together.

    In each the number is hypergeometric, given how many were considered and shown; the sum of these independent numbers
    has their convolution as its distribution: the exact conditional test of several 2 × 2 tables (Gart, Biometrika 57,
    1970, 471-475). What is as unlikely as the observed number, or more so, counts, as in Fisher's test.

    Exact but for rounding, so it holds for small numbers. Time grows with the rankings × those shown in one × the width
    of the distribution.
    """
    largest = max((each.pool for each in rankings), default=0)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, largest + 1)))])
    chances, first = np.ones(1), 0
    for each in rankings:
        low, own = _hypergeometric(each, logs)
        chances, first = _trimmed(np.convolve(chances, own), first + low)
    observed = sum(len(each.places) for each in rankings) - first
    if not 0 <= observed < len(chances):
        return 0.0
    return float(min(1.0, chances[chances <= chances[observed] * _AS_LIKELY].sum()))


def _hypergeometric(each: RankedGroup, logs: Floats) -> tuple[int, Floats]:
    """The least number, and the chances of it and of each after it.

    logs  of the factorials of 0, 1, …
    """
    others = each.pool - each.own
    low, high = max(0, each.shown - others), min(each.own, each.shown)
    number = np.arange(low, high + 1)
    ways = logs[each.own] - logs[number] - logs[each.own - number]
    ways += logs[others] - logs[each.shown - number] - logs[others - each.shown + number]
    return low, np.exp(ways - (logs[each.pool] - logs[each.shown] - logs[each.pool - each.shown]))


def _trimmed(chances: Floats, first: int) -> tuple[Floats, int]:
    """Without what is too unlikely to matter at either end."""
    kept = np.flatnonzero(chances > _NEGLIGIBLE)
    return chances[kept[0] : kept[-1] + 1], first + int(kept[0])


@dataclass(frozen=True)
class Exposure:
    """What a group had of readers' attention, what it would have had by chance, and the p of the difference; None where
    the numbers are too small for it."""

    observed: float
    expected: float
    p: float | None


def exposure(rankings: Sequence[RankedGroup]) -> Exposure:
    """A place r in a list is worth 1 / log2(1 + r) of attention (Järvelin and Kekäläinen, ACM TOIS 20, 2002, 422-446),
    one that is not shown nothing; a group's exposure is the sum (Singh and Joachims, KDD 2018, 2219-2228).

    By chance it is a linear rank statistic: with weights w of n considered, own · mean(w) is expected, and its variance
    is own · (n - own) / (n · (n - 1)) · Σ(w - mean(w))² (Hájek, Šidák and Sen, Theory of Rank Tests, 1999, §3.3.1).
    Rankings are independent, so both add up; the p is two-sided and normal.
    """
    observed = expected = variance = 0.0
    for each in rankings:
        weights = _worth(np.arange(1, each.shown + 1))
        total, squares = float(weights.sum()), float((weights**2).sum())
        observed += float(_worth(np.asarray(each.places, dtype=np.int64)).sum())
        expected += each.own * total / each.pool
        if each.pool > 1:
            spread = squares - total**2 / each.pool
            variance += each.own * (each.pool - each.own) / (each.pool * (each.pool - 1)) * spread
    return Exposure(observed, expected, _normal_p(rankings, observed - expected, variance))


def _worth(places: Ints) -> Floats:
    worth: Floats = 1.0 / np.log2(1.0 + places)
    return worth


def _normal_p(rankings: Sequence[RankedGroup], difference: float, variance: float) -> float | None:
    of_group = expected_shown(rankings)
    of_others = sum(each.shown for each in rankings) - of_group
    if min(of_group, of_others) < LEAST_EXPECTED or variance <= 0:
        return None
    return erfc(abs(difference) / sqrt(2 * variance))


def adjusted(values: Sequence[float | None]) -> list[float | None]:
    """For several tests of one kind: p by Holm's step-down procedure (Scandinavian Journal of Statistics 6, 1979,
    65-70), in the order given. One that is None was no test."""
    tested = sorted((value, place) for place, value in enumerate(values) if value is not None)
    found: list[float | None] = [None] * len(values)
    highest = 0.0
    for before, (value, place) in enumerate(tested):
        highest = max(highest, min(1.0, value * (len(tested) - before)))
        found[place] = highest
    return found
