"""Says between which bounds the difference of two systems lies."""

from dataclasses import dataclass

import numpy as np

from matcher.engine.ranking.calibration import Floats

DRAWS = 2_000
_SEED = 20_260_119


@dataclass(frozen=True)
class PairedDifference:
    """Mean of one system's figure minus the other's, and the bounds of its 95 % interval."""

    delta: float
    low: float
    high: float


def paired(one: Floats, other: Floats, *, draws: int = DRAWS) -> PairedDifference | None:
    """Percentile bootstrap over demands, the same demands drawn for both; NaN in either leaves a demand out.

    Always the same for the same figures. None when no demand is left.
    """
    differences = one - other
    differences = differences[~np.isnan(differences)]
    if not len(differences):
        return None
    drawn = np.random.default_rng(_SEED).integers(0, len(differences), (draws, len(differences)))
    low, high = np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
    return PairedDifference(float(differences.mean()), float(low), float(high))
