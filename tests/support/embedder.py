"""A stand-in for the embedding model, one of the tests' two seams: the same rules, microseconds instead of a model."""

import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from matcher.engine.embedding import Matrix, Vector

_LONGEST_NGRAM = 3


class HashEmbedder:
    """Vectors of hashed character 1- to 3-grams: texts that share wording are near, on every machine and in every run.

    It knows nothing of meaning: a translation or a synonym is far. Queries and passages are treated alike.
    """

    def __init__(self, *, id: str = "hashed-ngrams", dim: int = 384, max_tokens: int = 512) -> None:
        self.id = id
        self.dim = dim
        self.max_tokens = self.batch_tokens = max_tokens

    def encode_queries(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode(texts, on_progress)

    def encode_passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode(texts, on_progress)

    def count_tokens(self, text: str) -> int:
        """A character is a token; start and end are two more."""
        return len(text) + 2

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for done, text in enumerate(texts, start=1):
            vectors[done - 1] = self._vector(text[: self.max_tokens - 2])
            if on_progress:
                on_progress(done)
        return vectors

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(self.dim, dtype=np.float32)
        for ngram in _ngrams(text.lower()):
            code = zlib.crc32(ngram.encode(errors="surrogatepass"))
            vector[code % self.dim] += 1 if code & 0x8000_0000 else -1
        vector[0] += 0.5  # no sum of whole numbers cancels it, so even an empty text has a direction
        unit: Vector = vector / np.linalg.norm(vector)
        return unit


def _ngrams(text: str) -> Iterator[str]:
    for width in range(1, _LONGEST_NGRAM + 1):
        for start in range(len(text) - width + 1):
            yield text[start : start + width]
