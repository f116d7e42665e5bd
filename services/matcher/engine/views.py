"""What the ranker may see of a demand and of a profile: words and vectors, and nothing about who is behind them.

Ownership, size, registered capital and locality have no place here, so no ranking can depend on them.
"""

from dataclasses import dataclass

from common.fields import Language
from matcher.engine.embedding import Matrix, Vector


@dataclass(frozen=True)
class DemandView:
    """title_vector    (d,) float32, unit length: the title as a query
    text_vector     (d,) float32, unit length: title and need together as a query
    clause_vectors  (c, d) float32, unit rows, c = len(clauses) and may be 0
    """

    title: str
    need: str
    clauses: tuple[str, ...]
    language: Language
    title_vector: Vector
    text_vector: Vector
    clause_vectors: Matrix


@dataclass(frozen=True)
class ProfileView:
    """headline_vector  (d,) float32, unit length: the headline as a passage
    text_vector      (d,) float32, unit length: headline, summary and items together as a passage
    item_vectors     (i, d) float32, unit rows, i = len(items) and may be 0: one per capability item
    """

    headline: str
    summary: str
    items: tuple[str, ...]
    language: Language
    headline_vector: Vector
    text_vector: Vector
    item_vectors: Matrix
