"""Describes a demand and a profile together in the few figures the ranker weighs."""

from collections.abc import Sequence

import numpy as np

from matcher.engine.embedding import Matrix, Vector
from matcher.engine.ranking.background import Background, CosineBand, Sides
from matcher.engine.ranking.calibration import Floats
from matcher.engine.ranking.views import DemandView, ProfileView
from matcher.engine.words import rarity

Pair = tuple[DemandView, ProfileView]

NAMES = ("title", "text", "clause", "generic", "words")
"""In order: how near the demand's title, its whole text and its nearest clause are to what is offered; how near what is
offered is to everything that is ever asked; and the words both sides share. All but the last count in spreads above
unrelated texts of the same two languages; `words` is 0 … 1."""

WITHOUT_SHARED_LANGUAGE = ("title", "text", "clause", "generic")
"""The figures that mean something when the two sides are written in different languages."""


def table(pairs: Sequence[Pair], background: Background) -> Floats:
    """(n, len(NAMES)) figures of the pairs, in order. Row i depends on pairs[i] only, to the last bit, so the company a
    profile is ranked in changes nothing. Twenty microseconds a pair.

    A profile has several faces, its headline and each of its items; every figure takes the one that suits best.
    """
    if not pairs:
        return np.empty((0, len(NAMES)))
    demands, profiles = [demand for demand, _ in pairs], [profile for _, profile in pairs]
    faces = _Faces(profiles)
    texts = np.stack([demand.text_vector for demand in demands])
    by_title, facing = faces.nearest(np.stack([demand.title_vector for demand in demands]))
    by_text, _ = faces.nearest(texts)
    by_body = _products(np.stack([profile.text_vector for profile in profiles]), texts)
    asked = np.stack([background.asked[profile.language] for profile in profiles])
    standing = _Standing(background, pairs)
    title = standing.of("title", by_title)
    clause = standing.of("clause", [_by_clause(demand, profile) for demand, profile in pairs])
    figures: dict[str, Floats | list[float]] = {
        "title": title,
        "text": np.maximum(standing.of("text", by_text), standing.of("body", by_body)),
        "clause": np.where([len(demand.clause_vectors) > 0 for demand in demands], clause, title),
        "generic": _above(_products(facing, asked), [background.generic[profile.language] for profile in profiles]),
        "words": [max(rarity.likeness(demand.terms, face) for face in profile.terms) for demand, profile in pairs],
    }
    return np.column_stack([figures[name] for name in NAMES])


class _Faces:
    """The faces of many profiles under each other."""

    def __init__(self, profiles: Sequence[ProfileView]) -> None:
        counts = [len(profile.faces) for profile in profiles]
        self._rows = np.concatenate([profile.faces for profile in profiles])
        self._starts = np.cumsum([0, *counts[:-1]])
        self._owner = np.repeat(np.arange(len(profiles)), counts)

    def nearest(self, asked: Matrix) -> tuple[Vector, Matrix]:
        """(n,) cosine of each profile's face that is nearest to row i of `asked`, and (n, d) that face, the first of
        equals."""
        cosines = _products(self._rows, asked[self._owner])
        best = np.maximum.reduceat(cosines, self._starts)
        places = np.flatnonzero(cosines == best[self._owner])
        _, first = np.unique(self._owner[places], return_index=True)
        return best, self._rows[places[first]]


class _Standing:
    """How far cosines of pairs stand above those of unrelated texts in the same two languages."""

    def __init__(self, background: Background, pairs: Sequence[Pair]) -> None:
        self._known = background.cosines
        self._languages = [(demand.language, profile.language) for demand, profile in pairs]

    def of(self, sides: Sides, cosines: Vector | Sequence[float]) -> Floats:
        """(n,) spreads"""
        return _above(cosines, [self._known[sides, one, other] for one, other in self._languages])


def _above(cosines: Vector | Sequence[float], bands: Sequence[CosineBand]) -> Floats:
    means, spreads = np.array([(band.mean, band.spread) for band in bands]).T
    above: Floats = (np.asarray(cosines, dtype=np.float64) - means) / spreads
    return above


def _by_clause(demand: DemandView, profile: ProfileView) -> float:
    """The cosine of the nearest clause and face; -1 where there are no clauses."""
    return float((demand.clause_vectors @ profile.faces.T).max(initial=-1.0))


def _products(ours: Matrix, theirs: Matrix) -> Vector:
    """(n,) of row i with row i. No matrix product: BLAS rounds a row differently in differently large company."""
    products: Vector = np.einsum("nd,nd->n", ours, theirs)
    return products
