"""Graded pairs as texts, which is what an embedding model learns from, and the ranker's figures of them."""

from dataclasses import dataclass, replace

import numpy as np

from matcher.engine.ranking.calibration import Flags, Floats
from matcher.engine.ranking.ranker import Ranker
from matcher.evaluation.encoding import Seen
from matcher.evaluation.folder import Judged
from matcher.fitting.lessons import Lessons


@dataclass(frozen=True)
class Examples:
    """weights  (pairs,) how many pairs each judged pair stands for"""

    judged: Judged
    weights: Floats

    def of(self, chosen: Flags) -> "Examples":
        """The pairs of the demands marked in `chosen`, (demands,), and no demand or offer besides."""
        kept = chosen[self.judged.demand_of]
        demands, demand_of = np.unique(self.judged.demand_of[kept], return_inverse=True)
        offers, offer_of = np.unique(self.judged.offer_of[kept], return_inverse=True)
        judged = replace(
            self.judged,
            demands=[self.judged.demands[place] for place in demands],
            offers=[self.judged.offers[place] for place in offers],
            demand_of=demand_of,
            offer_of=offer_of,
            grades=self.judged.grades[kept],
        )
        return Examples(judged, self.weights[kept])


def equally(judged: Judged) -> Examples:
    """Every judged pair stands for itself."""
    return Examples(judged, np.ones(len(judged.grades)))


def figures(examples: Examples, seen: Seen, ranker: Ranker) -> Lessons:
    """What coefficients learn from the same pairs; `seen` are the views of their demands and offers."""
    judged = examples.judged
    places = zip(judged.demand_of.tolist(), judged.offer_of.tolist(), strict=True)
    pairs = [(seen.demands[demand], seen.profiles[offer]) for demand, offer in places]
    has_one_language = np.array([demand.language == profile.language for demand, profile in pairs], dtype=bool)
    return Lessons(ranker.table(pairs), judged.grades, judged.demand_of, has_one_language, examples.weights)
