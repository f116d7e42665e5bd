"""Learns coefficients anew and says whether they are better than those in use."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from matcher.coefficients import document
from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import GRADES, Floats
from matcher.engine.ranking.ranker import Ranker
from matcher.evaluation import bootstrap, metrics
from matcher.fitting import logistic
from matcher.fitting.lessons import Lessons

FEWEST_DEMANDS = 20
"""Fewer held-out demands than these decide nothing."""


@dataclass(frozen=True)
class Refit:
    """
    content    of a coefficients file
    is_better  whether demands that were held out were told apart better by coefficients learnt without them than by
               those in use, beyond doubt, and ranked at least as well
    """

    content: Mapping[str, Any]
    is_better: bool


def refit(lessons: Lessons, used: Ranker, *, source: str, folds: int = 5) -> Refit:
    """Coefficients learnt from a deployment's own outcomes, starting from those in use.

    source  where the lessons come from, for the file

    Raises ValueError when there are lessons of fewer than FEWEST_DEMANDS demands.
    """
    if lessons.demand_count < FEWEST_DEMANDS:
        raise ValueError(
            f"There are outcomes of {lessons.demand_count} demands; {FEWEST_DEMANDS} are needed to tell whether "
            "new coefficients are better."
        )
    before, after = chances(lessons, used), _held_out(lessons, used, folds)
    compared = {
        name: bootstrap.paired(metric(lessons, after), metric(lessons, before)) for name, metric in _METRICS.items()
    }
    learnt = learn(lessons, used)
    origin = {
        "source": source,
        "demands": lessons.demand_count,
        "pairs": len(lessons),
        "folds": folds,
        "prior": used.version,
        "model": used.background.model,
        "held_out_over_used": {name: asdict(one) if one else None for name, one in compared.items()},
    }
    content = document.content(learnt.same_language, learnt.cross_language, origin)
    likelihood, order = compared["log_likelihood"], compared["rho_per_demand"]
    is_better = likelihood is not None and likelihood.low > 0.0 and (order is None or order.delta >= 0.0)
    return Refit(content, is_better)


def learn(lessons: Lessons, used: Ranker) -> Ranker:
    """`used` with coefficients moved by the lessons as far as these are many."""
    one, other = lessons.where(lessons.has_one_language), lessons.where(~lessons.has_one_language)
    return replace(
        used,
        same_language=logistic.fit(one, prior=used.same_language),
        cross_language=logistic.fit(other, features.WITHOUT_SHARED_LANGUAGE, prior=used.cross_language),
    )


def chances(lessons: Lessons, ranker: Ranker) -> Floats:
    """(n, 3) of a grade of at least 1, 2 and 3."""
    return ranker.chances(lessons.table, lessons.has_one_language)


def _held_out(lessons: Lessons, used: Ranker, folds: int) -> Floats:
    """(n, 3) chances, each from coefficients that saw nothing of the pair's demand."""
    fold_of = logistic.folds(lessons.demand_count, folds)[lessons.demand_of]
    found = np.empty((len(lessons), GRADES))
    for fold in range(folds):
        learnt = learn(lessons.where(fold_of != fold), used)
        found[fold_of == fold] = chances(lessons.where(fold_of == fold), learnt)
    return found


def _log_likelihood(lessons: Lessons, found: Floats) -> Floats:
    """(demands,) mean over a demand's pairs of the log chance of the grade they have."""
    bounds = np.hstack([np.ones((len(found), 1)), found, np.zeros((len(found), 1))])
    rows = np.arange(len(found))
    exact = np.log(np.maximum(bounds[rows, lessons.grades] - bounds[rows, lessons.grades + 1], 1e-12))
    sums = np.bincount(lessons.demand_of, weights=exact * lessons.weights, minlength=lessons.demand_count)
    counts = np.bincount(lessons.demand_of, weights=lessons.weights, minlength=lessons.demand_count)
    return np.asarray(sums / np.where(counts > 0.0, counts, np.nan))


_METRICS: Mapping[str, Callable[[Lessons, Floats], Floats]] = {
    "log_likelihood": _log_likelihood,
    "ndcg@10": lambda lessons, found: metrics.ndcg(lessons, found.mean(axis=1)),
    "rho_per_demand": lambda lessons, found: metrics.rank_correlation(lessons, found.mean(axis=1)),
}
