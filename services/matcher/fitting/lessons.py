"""Judged pairs in the form that coefficients are fitted to and measured on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import Flags, Floats, Ints

LEAST_PROPENSITY = 0.05
"""A pair shown by a rarer accident than this counts no more than twenty others."""


class JudgedPair(Protocol):
    """One judged pair as a record keeps it: the ranker's figures by name, and how it came to be judged."""

    @property
    def features(self) -> Mapping[str, float]: ...
    @property
    def has_one_language(self) -> bool: ...
    @property
    def propensity(self) -> float: ...


@dataclass(frozen=True)
class Lessons:
    """
    table             (n, len(features.NAMES))
    grades            (n,) 0 … 3
    demand_of         (n,) 0 … m − 1: pairs of one demand share a number
    has_one_language  (n,)
    weights           (n,) how many pairs each stands for
    """

    table: Floats
    grades: Ints
    demand_of: Ints
    has_one_language: Flags
    weights: Floats

    def __len__(self) -> int:
        return len(self.grades)

    @property
    def demand_count(self) -> int:
        return int(self.demand_of.max()) + 1 if len(self) else 0

    def where(self, chosen: Flags) -> "Lessons":
        """Those marked in `chosen`, (n,)."""
        return Lessons(
            self.table[chosen],
            self.grades[chosen],
            self.demand_of[chosen],
            self.has_one_language[chosen],
            self.weights[chosen],
        )


def lessons(told: Iterable[tuple[object, JudgedPair, int]]) -> Lessons:
    """Of (demand, pair, grade); demands may be anything that can be a key.

    A pair is left out when its record lacks one of the figures. A pair that had a chance p of being shown stands for
    1 / p like it that were not.
    """
    kept = [(demand, pair, grade) for demand, pair, grade in told if set(features.NAMES) <= pair.features.keys()]
    number: dict[object, int] = {}
    for demand, _, _ in kept:
        number.setdefault(demand, len(number))
    rows = [[float(pair.features[name]) for name in features.NAMES] for _, pair, _ in kept]
    return Lessons(
        table=np.array(rows, dtype=np.float64).reshape(-1, len(features.NAMES)),
        grades=np.array([grade for _, _, grade in kept], dtype=np.int64),
        demand_of=np.array([number[demand] for demand, _, _ in kept], dtype=np.int64),
        has_one_language=np.array([pair.has_one_language for _, pair, _ in kept], dtype=bool),
        weights=np.array([1.0 / max(pair.propensity, LEAST_PROPENSITY) for _, pair, _ in kept]),
    )
