"""Orders texts so that a batch holds equally long ones, which spares the engine work on padding."""

from collections.abc import Iterator, Sequence


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
