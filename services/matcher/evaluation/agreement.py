"""Says for how many demands two embedding models put the same offers first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.engine.ranking.calibration import Ints

DEPTH = 10


@dataclass(frozen=True)
class Agreement:
    """Shares of demands whose first DEPTH offers are the same, and the same in the same order."""

    same: float
    same_order: float


def agreement(one: Sequence[Ints], other: Sequence[Ints]) -> Agreement:
    """one, other  for each demand the places of offers, best first; at least one demand"""
    pairs = [(mine[:DEPTH].tolist(), theirs[:DEPTH].tolist()) for mine, theirs in zip(one, other, strict=True)]
    return Agreement(
        same=float(np.mean([set(mine) == set(theirs) for mine, theirs in pairs])),
        same_order=float(np.mean([mine == theirs for mine, theirs in pairs])),
    )
