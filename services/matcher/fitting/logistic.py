"""Fits the ranker's logit to judged pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import GRADES, Flags, Floats, Ints, Step
from matcher.engine.ranking.ranker import Logit
from matcher.fitting.lessons import Lessons

RIDGE = 30.0
"""Pull of each weight towards the prior's, in units of its figure's spread. Strong: the figures say much the same."""
STEP_RIDGE = 10.0
"""Pull of a step's slope and intercept towards the prior's."""
_ROUNDS = 100
_ENOUGH = 1e-9
_SMALLEST_RIDGE = 1e-3  # outcomes that can be told apart without error would send a free coefficient to infinity


@dataclass(frozen=True)
class _Problem:
    """A logistic regression.

    design    (n, k) one column per coefficient
    outcomes  (n,)
    weights   (n,)
    prior     (k,) where each coefficient is pulled to
    pull      (k,) how strongly: pull · (coefficient − prior)² is added to the loss
    """

    design: Floats
    outcomes: Flags
    weights: Floats
    prior: Floats
    pull: Floats


def fit(lessons: Lessons, names: Sequence[str] = features.NAMES, *, prior: Logit | None = None) -> Logit:
    """The logit of the figures called `names`.

    prior  what to stay near to; without one weights are pulled to 0 and steps are free

    One direction for all grades (the proportional-odds model, its cuts fitted as regressions that share their weights),
    then for each grade its own chance to be climbed to along that direction, because judges are surer of what is
    useless than of what is excellent. Raises ValueError when there is no prior and all grades are the same.
    """
    if prior is None and len(set(lessons.grades.tolist())) < 2:
        raise ValueError("All pairs are judged the same, so there is nothing to tell apart.")
    used = [features.NAMES.index(name) for name in names]
    weights = np.zeros(len(features.NAMES))
    weights[used] = _direction(lessons, used, prior)
    scores = lessons.table @ weights
    steps = tuple(_step(scores, lessons, grade, prior.steps[grade] if prior else None) for grade in range(GRADES))
    return Logit(tuple(weights.tolist()), steps)


def _direction(lessons: Lessons, used: list[int], prior: Logit | None) -> Floats:
    """(used,) weights that tell higher grades from lower ones."""
    table = lessons.table[:, used]
    spreads = table.std(axis=0) if len(table) else np.ones(len(used))
    spreads[spreads == 0.0] = 1.0
    before = np.array(prior.weights)[used] * spreads if prior else np.zeros(len(used))
    cuts = np.repeat(np.eye(GRADES), len(table), axis=0)
    problem = _Problem(
        design=np.hstack([np.tile(table / spreads, (GRADES, 1)), cuts]),
        outcomes=np.concatenate([lessons.grades > grade for grade in range(GRADES)]),
        weights=np.tile(lessons.weights, GRADES),
        prior=np.r_[before, np.zeros(GRADES)],
        pull=np.r_[np.full(len(used), RIDGE), np.full(GRADES, _SMALLEST_RIDGE)],
    )
    return np.asarray(_solved(problem)[: len(used)] / spreads)


def _step(scores: Floats, lessons: Lessons, grade: int, prior: Step | None) -> Step:
    """The chance of a pair that is at least `grade` to be more than that."""
    there = lessons.grades >= grade
    problem = _Problem(
        design=np.stack([scores[there], np.ones(int(there.sum()))], axis=1),
        outcomes=lessons.grades[there] > grade,
        weights=lessons.weights[there],
        prior=np.array([prior.slope, prior.intercept]) if prior else np.zeros(2),
        pull=np.full(2, STEP_RIDGE if prior else _SMALLEST_RIDGE),
    )
    slope, intercept = _solved(problem)
    return Step(float(slope), float(intercept))


def _solved(problem: _Problem) -> Floats:
    """(k,) coefficients of the least loss, by Newton's method."""
    found = problem.prior.copy()
    for _ in range(_ROUNDS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(problem.design @ found, -30.0, 30.0)))
        slope = problem.design.T @ (problem.weights * (chances - problem.outcomes))
        slope += 2.0 * problem.pull * (found - problem.prior)
        bend = problem.weights * chances * (1.0 - chances)
        move = np.linalg.solve((problem.design * bend[:, None]).T @ problem.design + np.diag(2.0 * problem.pull), slope)
        # A full step from far away can land where every chance is 0 or 1, and never come back.
        loss = _loss(problem, found)
        while _loss(problem, found - move) > loss and float(np.abs(move).max()) >= _ENOUGH:
            move = move / 2.0
        found = found - move
        if float(np.abs(move).max()) < _ENOUGH:
            break
    return found


def _loss(problem: _Problem, found: Floats) -> float:
    scores = problem.design @ found
    missed = problem.weights * (np.logaddexp(0.0, scores) - problem.outcomes * scores)
    return float(missed.sum() + (problem.pull * (found - problem.prior) ** 2).sum())


def folds(demands: int, count: int, *, seed: int = 5) -> Ints:
    """(demands,) the fold of each demand, as equal in size as can be.

    A demand's pairs are never split: whoever has learnt from some of them recognises the rest.
    """
    found = np.empty(demands, dtype=np.int64)
    found[np.random.default_rng(seed).permutation(demands)] = np.arange(demands) % count
    return found
