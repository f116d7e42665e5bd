"""Describes a demand and a profile together in the few figures the ranker weighs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.engine import lexical
from matcher.engine.embedding import Matrix, Vector
from matcher.engine.views import DemandView, ProfileView

NAMES = ("title", "text", "clause", "clause_mean", "words", "pairs")
"""Columns, in order. The first four are cosines; the last two are shares of common words, 0 … 1."""

LEXICAL = frozenset({"words", "pairs"})
"""Columns that say nothing when the two sides are written in different languages."""


def table(demand: DemandView, profiles: Sequence[ProfileView]) -> NDArray[np.float64]:
    """(n, len(NAMES)) figures, row i for profiles[i]; n may be 0.

    Each row depends on its own pair only, so the company a profile is ranked in changes nothing.
    """
    return np.array([row(demand, profile) for profile in profiles], dtype=np.float64).reshape(-1, len(NAMES))


def row(demand: DemandView, profile: ProfileView) -> list[float]:
    faces = np.vstack([profile.headline_vector, profile.item_vectors])
    clauses = _best_faces(demand.clause_vectors, faces)
    title = float(np.max(faces @ demand.title_vector))
    return [
        title,
        max(float(np.max(faces @ demand.text_vector)), float(profile.text_vector @ demand.text_vector)),
        float(clauses.max()) if clauses.size else title,
        float(clauses.mean()) if clauses.size else title,
        *_shared(demand, profile),
    ]


def _best_faces(clauses: Matrix, faces: Matrix) -> Vector:
    """(c,) for each clause the cosine of the profile's face nearest to it."""
    return (clauses @ faces.T).max(axis=1) if len(clauses) else np.empty(0, dtype=np.float32)


def _shared(demand: DemandView, profile: ProfileView) -> tuple[float, float]:
    asked_words = frozenset(lexical.tokens(f"{demand.title}\n{demand.need}"))
    asked_pairs = lexical.pairs(demand.title)
    faces = (profile.headline, *profile.items)
    return (
        max(_share_found(frozenset(lexical.tokens(face)), asked_words) for face in faces),
        max(_dice(lexical.pairs(face), asked_pairs) for face in faces),
    )


def _share_found(offered: frozenset[str], asked: frozenset[str]) -> float:
    """How much of what is offered was asked for, long words counting more, 0 … 1."""
    whole = sum(map(len, offered))
    return sum(map(len, offered & asked)) / whole if whole else 0.0


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
