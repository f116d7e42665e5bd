"""Says how good a ranking is, demand by demand; a demand a figure cannot speak of is left out as NaN."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from matcher.engine.ranking.calibration import Floats, Ints

NDCG_DEPTH = 10
RELEVANT = 2
"""The least grade of an offer that recall counts."""


class Grades(Protocol):
    """Pairs and their grades: (pairs,) the number of each one's demand, and 0 … 3."""

    @property
    def demand_of(self) -> Ints: ...
    @property
    def grades(self) -> Ints: ...
    @property
    def demand_count(self) -> int: ...


class Pool(Grades, Protocol):
    """Pairs whose offers, (pairs,), have a place in a pool."""

    @property
    def offer_of(self) -> Ints: ...


def ndcg(judged: Grades, scores: Floats, *, depth: int = NDCG_DEPTH) -> Floats:
    """(demands,) normalised discounted gain of the judged pairs: gain 2^grade − 1, discount 1 / log2(rank + 1).

    scores  (pairs,); equal ones share the mean of the gains they could have in any order

    NaN for a demand with no offer above grade 0. Järvelin and Kekäläinen, TOIS 2002; ties after McSherry and Najork,
    ECIR 2008.
    """
    found = np.full(judged.demand_count, np.nan)
    for place, pairs in _by_demand(judged):
        gains: Floats = np.exp2(judged.grades[pairs].astype(np.float64)) - 1.0
        if best := _discounted(np.sort(gains)[::-1], depth):
            found[place] = _discounted(_levelled(gains, scores[pairs]), depth) / best
    return found


def rank_correlation(judged: Grades, scores: Floats) -> Floats:
    """(demands,) Spearman's rho of score and grade over the judged pairs, equal values at their mean rank.

    NaN for a demand whose offers all have one grade; 0 where all scores are equal.
    """
    found = np.full(judged.demand_count, np.nan)
    for place, pairs in _by_demand(judged):
        grades = _mean_ranks(judged.grades[pairs].astype(np.float64))
        if grades.std():
            ranks = _mean_ranks(scores[pairs])
            found[place] = np.corrcoef(ranks, grades)[0, 1] if ranks.std() else 0.0
    return found


def recall(judged: Pool, first: Sequence[Ints], *, depth: int) -> Floats:
    """(demands,) share of a demand's relevant offers among the first `depth` of the whole pool.

    first  for each demand the places of offers, best first, at least `depth` where the pool has them

    NaN for a demand without a relevant offer.
    """
    found = np.full(judged.demand_count, np.nan)
    for place, pairs in _by_demand(judged):
        relevant = judged.offer_of[pairs[judged.grades[pairs] >= RELEVANT]]
        if len(relevant):
            found[place] = np.isin(relevant, first[place][:depth]).mean()
    return found


def _by_demand(judged: Grades) -> list[tuple[int, Ints]]:
    """Each demand's place and those of its judged pairs."""
    order = np.argsort(judged.demand_of, kind="stable")
    places, starts = np.unique(judged.demand_of[order], return_index=True)
    return list(zip(places.tolist(), np.split(order, starts[1:]), strict=True))


def _levelled(gains: Floats, scores: Floats) -> Floats:
    """The gains, best score first, those of equal scores replaced by their mean."""
    _, group = np.unique(-scores, return_inverse=True)
    means = np.bincount(group, weights=gains) / np.bincount(group)
    return np.asarray(means[np.sort(group)])


def _discounted(gains: Floats, depth: int) -> float:
    top = gains[:depth]
    return float((top / np.log2(np.arange(2, len(top) + 2))).sum())


def _mean_ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values at the mean of the ranks they take together."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2.0)[group])
