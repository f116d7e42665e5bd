"""A stand-in for the embedding model whose cosines lie where a real model's lie, so that rankers and judges work."""

from functools import lru_cache

import numpy as np

from matcher.engine.embedding import Vector
from tests.support.embedder import HashEmbedder


class StandIn(HashEmbedder):
    """Hashed n-grams whose cosines lie where those of a real model lie."""

    FLOOR = 0.75

    def __init__(self, *, id: str = "stand-in") -> None:
        super().__init__(id=id)

    def _vector(self, text: str) -> Vector:
        return _raised(text, self.FLOOR)


@lru_cache(maxsize=10_000)
def _raised(text: str, floor: float) -> Vector:
    """Kept for all tests: what an embedder is measured by is the same every time."""
    vector = HashEmbedder()._vector(text) * np.float32((1 - floor) ** 0.5)
    vector[-1] += floor**0.5
    unit: Vector = vector / np.linalg.norm(vector)
    return unit
