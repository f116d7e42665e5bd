"""Judges the way coefficients are fitted: each demand is ranked with coefficients that never saw it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import Floats
from matcher.engine.ranking.ranker import Ranker
from matcher.evaluation.folder import Judged
from matcher.evaluation.systems import Scoring, System, ranked
from matcher.fitting import logistic
from matcher.fitting.lessons import Lessons

PARTITIONS = 4
"""How often the demands are divided anew; one division alone moves the figures by some thousandths."""


def cross_validated(judged: Judged, scorings: Sequence[Scoring], ranker: Ranker, *, count: int) -> System | None:
    """The system that ranks each demand with the mean chances of PARTITIONS fits, none of which saw that demand.

    count  folds of one partition

    None when that cannot be done: fewer demands than folds, or a fold without which all pairs are judged the same.
    """
    if count < 2 or len(judged.demands) < count:
        return None
    told = lessons(judged, scorings)
    try:
        divided = [_out_of_fold(told, scorings, ranker, count, seed) for seed in range(PARTITIONS)]
    except ValueError:
        return None
    return ranked(judged, scorings, [np.mean(chances, axis=0) for chances in zip(*divided, strict=True)])


def _out_of_fold(told: Lessons, scorings: Sequence[Scoring], ranker: Ranker, count: int, seed: int) -> list[Floats]:
    """For each demand the (m, 3) chances of its scored offers."""
    fold_of = logistic.folds(len(scorings), count, seed=seed)
    refitted = [refit(told.where(fold_of[told.demand_of] != fold), ranker) for fold in range(count)]
    return [refitted[fold].chances(s.table, s.has_one_language) for fold, s in zip(fold_of, scorings, strict=True)]


def refit(told: Lessons, ranker: Ranker) -> Ranker:
    """`ranker` with coefficients learnt from these pairs alone.

    Across languages the pairs of one language serve too, without the figure for words: there are few others. Raises
    ValueError when all pairs are judged the same.
    """
    return replace(
        ranker,
        same_language=logistic.fit(told.where(told.has_one_language)),
        cross_language=logistic.fit(told, features.WITHOUT_SHARED_LANGUAGE),
    )


def lessons(judged: Judged, scorings: Sequence[Scoring]) -> Lessons:
    """The judged pairs in the folder's order, each demand numbered by its place."""
    tables, flags = [], []
    rows = [{offer: row for row, offer in enumerate(scoring.places.tolist())} for scoring in scorings]
    for demand, offer in zip(judged.demand_of.tolist(), judged.offer_of.tolist(), strict=True):
        row = rows[demand][offer]
        tables.append(scorings[demand].table[row])
        flags.append(scorings[demand].has_one_language[row])
    return Lessons(np.array(tables), judged.grades, judged.demand_of, np.array(flags), np.ones(len(flags)))
