"""Fits the ranker's logit to judged pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine import features
from matcher.engine.calibration import GRADES, Floats, Step
from matcher.engine.ranking import Logit

Grades = NDArray[np.int64]

RIDGE = 30.0
"""Pull of each weight towards 0, in units of its figure's spread. Strong, because the figures say much the same."""
_ROUNDS = 100
_ENOUGH = 1e-9


@dataclass(frozen=True)
class Fitted:
    """A solved logistic regression: intercepts are per group of rows."""

    weights: Floats
    intercepts: Floats


def fit(table: Floats, grades: Grades, names: Sequence[str] = features.NAMES) -> Logit:
    """The logit of the figures called `names`.

    table   (n, len(features.NAMES))
    grades  (n,) 0 … 3; each must occur

    One direction for all grades (the proportional-odds model, its three cuts fitted as independent regressions that
    share their weights), then for each grade its own chance to be climbed to along that direction, because judges are
    surer of what is useless than of what is excellent. Raises ValueError when a grade does not occur.
    """
    if missing := sorted(set(range(GRADES + 1)) - set(grades.tolist())):
        raise ValueError(f"No pair is judged {missing[0]}; every grade from 0 to {GRADES} must occur.")
    used = [features.NAMES.index(name) for name in names]
    spreads = table[:, used].std(axis=0)
    spreads[spreads == 0.0] = 1.0
    direction = _direction(table[:, used] / spreads, grades) / spreads
    scores = table[:, used] @ direction
    steps = tuple(_step(scores[grades >= grade], grades[grades >= grade] > grade) for grade in range(GRADES))
    weights = np.zeros(len(features.NAMES))
    weights[used] = direction
    return Logit(tuple(weights.tolist()), steps)


def _direction(table: Floats, grades: Grades) -> Floats:
    """(columns,) weights that tell higher grades from lower ones."""
    cuts = np.arange(1, GRADES + 1)
    climbed = (grades[None, :] >= cuts[:, None]).astype(np.float64).ravel()
    groups = np.repeat(np.arange(GRADES), len(table))
    return _regress(np.tile(table, (GRADES, 1)), climbed, groups, ridge=RIDGE).weights


def _step(scores: Floats, climbed: NDArray[np.bool_]) -> Step:
    everyone = np.zeros(len(scores), dtype=np.int64)
    fitted = _regress(scores[:, None], climbed.astype(np.float64), everyone, ridge=0.0)
    return Step(float(fitted.weights[0]), float(fitted.intercepts[0]))


def _regress(table: Floats, outcomes: Floats, groups: NDArray[np.int64], *, ridge: float) -> Fitted:
    """Logistic regression with one intercept per group, by Newton's method.

    table     (n, k)
    outcomes  (n,) 0.0 or 1.0
    groups    (n,) 0 … g − 1
    ridge     added to the loss as ridge · Σ weight²
    """
    count = int(groups.max()) + 1
    design = np.hstack([table, np.eye(count)[groups]])
    # A touch of pull on the intercepts too: outcomes that can be told apart without error would send them to infinity.
    pull = np.r_[np.full(table.shape[1], max(ridge, 1e-3)), np.full(count, 1e-6)]
    solution = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(design @ solution, -30.0, 30.0)))
        slope = design.T @ (chances - outcomes) + 2.0 * pull * solution
        bend = (design * (chances * (1.0 - chances))[:, None]).T @ design + np.diag(2.0 * pull)
        move = np.linalg.solve(bend, slope)
        solution -= move
        if float(np.abs(move).max()) < _ENOUGH:
            break
    return Fitted(solution[: table.shape[1]], solution[table.shape[1] :])
