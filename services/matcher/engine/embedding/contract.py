"""What every embedding engine offers the rest of the matcher."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
Progress = Callable[[str, float], None]
"""Told a stage in words and the share of it that is done, 0.0 … 1.0."""


class ModelUnavailable(Exception):
    """No usable model: a file is missing, is not the expected one, or a package for it is not installed."""


class Tokenizer(Protocol):
    """Cuts texts into a model's tokens. Safe to call from several threads."""

    @property
    def size(self) -> int:
        """How many ids there are."""
        ...

    def ids(self, text: str) -> list[int]:
        """Ids of a well-formed text, begin and end marks included, however long it is."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose dot product says how near their meanings are.

    Safe to call from several threads. Empty text has a vector like any other; text beyond `max_tokens` is cut there.
    """

    @property
    def id(self) -> str:
        """Names model, converter version and precision. Vectors of different ids must never be compared."""
        ...

    @property
    def dim(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, counted as `count_tokens` does."""
        ...

    @property
    def batch_tokens(self) -> int:
        """Tokens that are computed side by side; a call with fewer is not much quicker, one with more takes longer."""
        ...

    def encode_queries(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        """Vectors of texts that ask for something.

        Returns (n, dim) float32, unit-length rows, row i for texts[i]; n may be 0. `on_progress` hears, on the calling
        thread, how many texts are done so far. Milliseconds per text: never call it on an event loop.
        """
        ...

    def encode_passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        """Vectors of texts that offer something; otherwise as `encode_queries`."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes as a passage before any cut, its prompt and end marks included."""
        ...
