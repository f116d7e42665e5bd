"""Turns a weighed sum into probabilities of each grade, and says how far such probabilities can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    """One row of a reliability table: what was promised and what happened among `count` pairs."""

    count: int
    promised: float
    observed: float


def grade_probabilities(scores: Floats, cuts: Floats) -> Floats:
    """(n, 3) probabilities of a grade of at least 1, 2 and 3: the proportional-odds model, σ(score − cut).

    scores  (n,)
    cuts    (3,) ascending, so no row rises from left to right
    """
    odds = np.exp(np.clip(cuts[None, :] - scores[:, None], -700.0, 700.0))
    return np.asarray(1.0 / (1.0 + odds))


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
