"""Ranks profiles for a demand, demands for a profile, and several rankings as one."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from common.contracts.matcher import Band
from matcher.engine import calibration, features
from matcher.engine.calibration import Floats
from matcher.engine.views import DemandView, ProfileView

SHIPPED = Path(__file__).parent / "data" / "coefficients.json"

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True)
class Scored:
    """How well one pair fits.

    fit            0 … 100, calibrated: 100 × the mean of `probabilities`
    probabilities  of a grade of at least 1, 2 and 3
    features       the figures it was computed from, by name
    """

    fit: float
    probabilities: tuple[float, float, float]
    features: Mapping[str, float]


@dataclass(frozen=True)
class Logit:
    """score = Σ weight · (figure − mean) / spread, and the cuts between grades."""

    means: Floats
    spreads: Floats
    weights: Floats
    cuts: Floats

    def probabilities(self, figures: Floats) -> Floats:
        """(n, 3) from the (n, features) figures."""
        # A sum per row, not a matrix product: BLAS rounds a row differently in differently large company.
        scores = ((figures - self.means) / self.spreads * self.weights).sum(axis=1)
        return calibration.grade_probabilities(scores, self.cuts)


@dataclass(frozen=True)
class Ranker:
    """Scores pairs. Equal input gives equal output to the last bit, whatever else is scored in the same call.

    version       names the coefficients
    threshold     the lowest fit worth a match
    band_floors   the lowest fit of each band, best band first
    """

    version: str
    logits: Mapping[str, Logit]
    threshold: float
    band_floors: tuple[tuple[Band, float], ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        return features.NAMES

    def score(self, demand: DemandView, profiles: Sequence[ProfileView]) -> list[Scored]:
        """Fits of one demand, in the order of `profiles`. Milliseconds per hundred: keep it off an event loop."""
        table = features.table(demand, profiles)
        return self._scored(table, [_pair_key(demand, profile) for profile in profiles])

    def score_demands(self, profile: ProfileView, demands: Sequence[DemandView]) -> list[Scored]:
        """Fits of one profile, in the order of `demands`; the same figures as `score` gives."""
        rows = [features.row(demand, profile) for demand in demands]
        table = np.array(rows, dtype=np.float64).reshape(-1, len(features.NAMES))
        return self._scored(table, [_pair_key(demand, profile) for demand in demands])

    def band(self, fit: float) -> Band:
        return next((band for band, floor in self.band_floors if fit >= floor), Band.NONE)

    def _scored(self, table: Floats, keys: Sequence[str]) -> list[Scored]:
        chances = np.empty((len(table), 3))
        for key, logit in self.logits.items():
            mine = np.array([k == key for k in keys], dtype=bool)
            chances[mine] = logit.probabilities(table[mine])
        return [_scored(row, chance) for row, chance in zip(table, chances, strict=True)]


def load_ranker(path: Path | None = None) -> Ranker:
    """The ranker of a coefficients file; the shipped one by default. Raises ValueError when the file does not fit."""
    path = path or SHIPPED
    stored = json.loads(path.read_text(encoding="utf-8"))
    if tuple(stored["features"]) != features.NAMES:
        raise ValueError(f"{path} was fitted on the figures {stored['features']}, this code has {features.NAMES}")
    logits = {key: Logit(**{name: np.array(v) for name, v in one.items()}) for key, one in stored["logits"].items()}
    floors = tuple((Band(name), float(floor)) for name, floor in stored["band_floors"])
    return Ranker(stored["version"], logits, float(stored["threshold"]), floors)


def fuse(rankings: Sequence[Sequence[Id]], *, k: float = 60.0, weights: Sequence[float] | None = None) -> list[Id]:
    """One ranking out of several, best first: reciprocal rank fusion, Σ weight / (k + rank), ranks from 1.

    An id that repeats within one ranking counts where it stands first. Ties keep the order of first appearance, reading
    the rankings one after another. Cormack, Clarke and Büttcher, SIGIR 2009.
    """
    sums: dict[Id, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, id_ in enumerate(dict.fromkeys(ranking), start=1):
            sums[id_] = sums.get(id_, 0.0) + weight / (k + rank)
    return sorted(sums, key=lambda id_: -sums[id_])


def _pair_key(demand: DemandView, profile: ProfileView) -> str:
    return "same_language" if demand.language == profile.language else "cross_language"


def _scored(figures: Floats, chances: Floats) -> Scored:
    one, two, three = (float(chance) for chance in chances)
    by_name = {name: float(figure) for name, figure in zip(features.NAMES, figures, strict=True)}
    return Scored(100.0 * (one + two + three) / 3.0, (one, two, three), by_name)
