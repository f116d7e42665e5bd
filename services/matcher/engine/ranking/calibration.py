"""Turns a weighed sum into the chance of each grade, and says how far such chances can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
GRADES = 3
"""The highest grade; the lowest is 0."""


@dataclass(frozen=True)
class Step:
    """The chance to climb from one grade to the next: σ(slope · score + intercept)."""

    slope: float
    intercept: float


@dataclass(frozen=True)
class Cell:
    """One row of a reliability table: what was promised and what happened among `count` pairs."""

    count: int
    promised: float
    observed: float


def chances(scores: Floats, steps: tuple[Step, ...]) -> Floats:
    """(n, 3) chances of a grade of at least 1, 2 and 3, from (n,) scores: a sequential ordinal logit.

    Each chance is the one before times that of one more step, so no row rises from left to right.
    """
    climbed = np.stack([_sigmoid(step.slope * scores + step.intercept) for step in steps], axis=-1)
    return np.asarray(np.cumprod(climbed, axis=-1))


def reliability(promised: Floats, happened: NDArray[np.bool_], *, bins: int = 10) -> list[Cell]:
    """Promised against observed shares, in `bins` equally wide bins of the promise; empty bins are left out."""
    place = np.minimum((promised * bins).astype(np.int64), bins - 1)
    cells = []
    for bin_ in range(bins):
        inside = place == bin_
        if count := int(inside.sum()):
            cells.append(Cell(count, float(promised[inside].mean()), float(happened[inside].mean())))
    return cells


def expected_error(promised: Floats, happened: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Expected calibration error: the mean distance in `reliability`, weighed by count. 0 for no pairs."""
    cells = reliability(promised, happened, bins=bins)
    total = sum(cell.count for cell in cells)
    return sum(cell.count * abs(cell.promised - cell.observed) for cell in cells) / total if total else 0.0


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -700.0, 700.0))))
