"""Ranks profiles for a demand, demands for a profile, and several rankings as one."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from common.contracts.matcher import Band
from matcher.engine.ranking import background, calibration, features
from matcher.engine.ranking.background import Background
from matcher.engine.ranking.calibration import Floats, Step
from matcher.engine.ranking.views import DemandView, ProfileView

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
    """weights in the order of `features.NAMES`, 0 for a figure that is not used; steps up the grades."""

    weights: tuple[float, ...]
    steps: tuple[Step, ...]

    def scores(self, table: Floats) -> Floats:
        """(n,) from the (n, len(NAMES)) figures."""
        # Column by column, not as a matrix product: BLAS rounds a row differently in differently large company.
        total = np.zeros(len(table))
        for column, weight in enumerate(self.weights):
            total += weight * table[:, column]
        return total

    def chances(self, table: Floats) -> Floats:
        """(n, 3) chances of a grade of at least 1, 2 and 3."""
        return calibration.chances(self.scores(table), self.steps)


@dataclass(frozen=True)
class Ranker:
    """Scores pairs. Equal input gives equal output to the last bit, whatever else is scored in the same call.

    version       names coefficients and background
    threshold     the lowest fit worth a match, of which both sides are told
    band_floors   the lowest fit of each band, best band first
    """

    version: str
    same_language: Logit
    cross_language: Logit
    background: Background
    threshold: float
    band_floors: tuple[tuple[Band, float], ...]

    def score(self, demand: DemandView, profiles: Sequence[ProfileView]) -> list[Scored]:
        """Fits of one demand, in the order of `profiles`. Milliseconds per hundred: keep it off an event loop."""
        return self._scored([(demand, profile) for profile in profiles])

    def score_demands(self, profile: ProfileView, demands: Sequence[DemandView]) -> list[Scored]:
        """Fits of one profile, in the order of `demands`; the same figures as `score` gives."""
        return self._scored([(demand, profile) for demand in demands])

    @property
    def least_shown(self) -> float:
        """The lowest fit of any band: what is listed when somebody asks."""
        return self.band_floors[-1][1]

    def band(self, fit: float) -> Band:
        return next((band for band, floor in self.band_floors if fit >= floor), Band.NONE)

    def table(self, pairs: Sequence[tuple[DemandView, ProfileView]]) -> Floats:
        """(n, len(features.NAMES)) figures; row i depends on pairs[i] only."""
        return features.table(pairs, self.background)

    def chances(self, table: Floats, has_one_language: NDArray[np.bool_]) -> Floats:
        """(n, 3) chances of a grade of at least 1, 2 and 3; `has_one_language` says where both sides share theirs."""
        found = np.empty((len(table), calibration.GRADES))
        found[has_one_language] = self.same_language.chances(table[has_one_language])
        found[~has_one_language] = self.cross_language.chances(table[~has_one_language])
        return found

    def _scored(self, pairs: Sequence[tuple[DemandView, ProfileView]]) -> list[Scored]:
        table = self.table(pairs)
        has_one_language = np.array([demand.language == profile.language for demand, profile in pairs], dtype=bool)
        chances = self.chances(table, has_one_language)
        return [_scored(row, chance) for row, chance in zip(table.tolist(), chances.tolist(), strict=True)]


def load_ranker(path: Path | None = None, *, known: Background | None = None) -> Ranker:
    """The ranker of a coefficients file, by default the one that came with the package; otherwise as `ranker_of`."""
    path = path or SHIPPED
    try:
        return ranker_of(json.loads(path.read_text(encoding="utf-8")), known=known)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def ranker_of(stored: Mapping[str, Any], *, known: Background | None = None) -> Ranker:
    """The ranker of what a coefficients file holds.

    known  the background of the embedder in use; None for the bundled model's

    Raises ValueError for what are no coefficients, or were made for other figures than this code computes.
    """
    try:
        return _ranker(stored, known or background.load())
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"these are no coefficients: {type(error).__name__}: {error}") from error


def _ranker(stored: Mapping[str, Any], known: Background) -> Ranker:
    if tuple(stored["features"]) != features.NAMES:
        raise ValueError(
            f"Coefficients {stored['version']} were fitted on the figures {stored['features']}, this code computes"
            f" {features.NAMES}"
        )
    return Ranker(
        version=f"{stored['version']}/{known.model}",
        same_language=_logit(stored["same_language"]),
        cross_language=_logit(stored["cross_language"]),
        background=known,
        threshold=float(stored["threshold"]),
        band_floors=_best_first(stored["band_floors"]),
    )


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


def _best_first(floors: Mapping[str, float]) -> tuple[tuple[Band, float], ...]:
    """In the order of Band, whatever that of the mapping: a database keeps none."""
    found = {Band(name): float(floor) for name, floor in floors.items()}
    return tuple((band, found[band]) for band in Band if band in found)


def _logit(stored: Mapping[str, Any]) -> Logit:
    weights = tuple(float(stored["weights"].get(name, 0.0)) for name in features.NAMES)
    steps = tuple(Step(float(slope), float(intercept)) for slope, intercept in stored["steps"])
    if len(steps) != calibration.GRADES:
        raise ValueError(f"{len(steps)} steps lead up {calibration.GRADES} grades")
    return Logit(weights, steps)


def _scored(row: Sequence[float], chances: Sequence[float]) -> Scored:
    one, two, three = chances
    return Scored(
        fit=100.0 * (one + two + three) / calibration.GRADES,
        probabilities=(one, two, three),
        features=dict(zip(features.NAMES, row, strict=True)),
    )
