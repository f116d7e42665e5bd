"""Puts equally long texts together, which spares the engine work on padding, and the answers back in order."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from matcher.engine.embedding.contract import Matrix

_SORTED_TOGETHER = 4096  # bounds memory when somebody embeds a million

Batch = tuple[list[int], Matrix]
"""Positions in the texts, and their vectors in that order."""


def by_length(lengths: Sequence[int], *, budget: int, may_pad: bool) -> Iterator[list[int]]:
    """Positions of `lengths`, each once, longest first, in batches of at most `budget` tokens, padding included.

    Longest first, so the costliest batch is not the one that everybody waits for at the end. A text longer than the
    budget is a batch of its own. Equal lengths keep their order; unless `may_pad`, only they share a batch.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and not _has_room(lengths[batch[0]], len(batch), lengths[position], budget, may_pad):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def well_formed(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which tokenizers refuse."""
    return text.encode(errors="replace").decode()


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


def _has_room(longest: int, count: int, length: int, budget: int, may_pad: bool) -> bool:
    return longest * (count + 1) <= budget and (may_pad or length == longest)
