"""What the ranker may see of a demand and of a profile: words and vectors, and nothing about who is behind them.

Ownership, size, registered capital and locality have no place here, so no ranking can depend on them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from common.fields import Language
from matcher.engine.embedding import Matrix, Vector
from matcher.engine.words import glossary, rarity
from matcher.engine.words.rarity import Weighed


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

    @cached_property
    def terms(self) -> Weighed:
        """Of title and need together."""
        return rarity.weighed(f"{self.title}\n{self.need}")

    @cached_property
    def meanings(self) -> frozenset[str]:
        """The glossary's words in title, need and clauses, whatever their language."""
        return glossary.meanings("\n".join((self.title, self.need, *self.clauses)))


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

    @cached_property
    def faces(self) -> Matrix:
        """(1 + i, d) the vectors of the headline and of each item."""
        return np.vstack([self.headline_vector, self.item_vectors])

    @cached_property
    def terms(self) -> tuple[Weighed, ...]:
        """Of each face."""
        return tuple(map(rarity.weighed, (self.headline, *self.items)))

    @cached_property
    def meanings(self) -> frozenset[str]:
        """The glossary's words in all its texts, whatever their language."""
        return glossary.meanings("\n".join((self.headline, self.summary, *self.items)))
