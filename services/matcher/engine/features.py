"""Describes a demand and a profile together in the few figures the ranker weighs."""

import numpy as np

from matcher.engine import terms
from matcher.engine.background import Background, Sides
from matcher.engine.embedding import Matrix
from matcher.engine.views import DemandView, ProfileView

NAMES = ("title", "text", "clause", "generic", "words")
"""In order: how near the demand's title, its whole text and its nearest clause are to what is offered; how near what is
offered is to everything that is ever asked; and the words both sides share. All but the last count in spreads above
unrelated texts of the same two languages; `words` is 0 … 1."""

WITHOUT_SHARED_LANGUAGE = ("title", "text", "clause", "generic")
"""The figures that mean something when the two sides are written in different languages."""


def row(demand: DemandView, profile: ProfileView, background: Background) -> list[float]:
    """The figures of one pair in the order of NAMES. They depend on nothing else, so the company a profile is ranked
    in changes nothing.

    A profile has several faces, its headline and each of its items; every figure takes the one that suits best.
    """

    def standing(sides: Sides, cosine: float) -> float:
        return background.cosines[sides, demand.language, profile.language].standing(cosine)

    faces = np.vstack([profile.headline_vector, profile.item_vectors])
    near = faces @ demand.title_vector
    best = int(np.argmax(near))
    title = standing("title", float(near[best]))
    text = standing("text", float(np.max(faces @ demand.text_vector)))
    body = standing("body", float(profile.text_vector @ demand.text_vector))
    clause = standing("clause", _nearest(demand.clause_vectors, faces)) if len(demand.clause_vectors) else title
    generic = float(faces[best] @ background.asked[profile.language])
    return [
        title,
        max(text, body),
        clause,
        background.generic[profile.language].standing(generic),
        _shared_words(demand, profile),
    ]


def _nearest(clauses: Matrix, faces: Matrix) -> float:
    return float(np.max(clauses @ faces.T))


def _shared_words(demand: DemandView, profile: ProfileView) -> float:
    asked = f"{demand.title}\n{demand.need}"
    return max(terms.likeness(asked, face) for face in (profile.headline, *profile.items))
