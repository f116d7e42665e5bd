"""Puts equally long texts together, which spares the engine work on padding, and the answers back in order."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from matcher.engine.embedding.contract import Matrix

_SORTED_TOGETHER = 4096  # bounds memory when somebody embeds a million

Batch = tuple[list[int], Matrix]
"""Positions in the texts, and their vectors in that order."""


def by_length(lengths: Sequence[int], *, budget: int) -> Iterator[list[int]]:
    """Positions of `lengths`, each once, longest first, in batches whose padded size stays within `budget` tokens.

    Longest first, so the costliest batch is not the one that everybody waits for at the end. A text longer than the
    budget is a batch of its own. Equal lengths keep their order.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def assembled(
    texts: Sequence[str],
    encode: Callable[[Sequence[str]], Iterator[Batch]],
    *,
    dim: int,
    on_progress: Callable[[int], None] | None,
) -> Matrix:
    """(n, dim) vectors in the order of `texts`, of which `encode` is given some thousands at a time."""
    vectors = np.empty((len(texts), dim), dtype=np.float32)
    done = 0
    for start in range(0, len(texts), _SORTED_TOGETHER):
        block = vectors[start : start + _SORTED_TOGETHER]
        for positions, batch in encode(texts[start : start + _SORTED_TOGETHER]):
            block[positions] = batch
            done += len(positions)
            if on_progress:
                on_progress(done)
    return vectors
