"""Texts are computed in batches of equal length and come back in their own order."""

from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.embedding import batches

LENGTHS = st.lists(st.integers(min_value=1, max_value=512), max_size=60)


@given(LENGTHS, st.integers(min_value=1, max_value=2048))
def test_every_text_is_in_one_batch(lengths: list[int], budget: int) -> None:
    positions = [position for batch in batches.by_length(lengths, budget=budget, may_pad=True) for position in batch]
    assert sorted(positions) == list(range(len(lengths)))


@given(LENGTHS, st.integers(min_value=1, max_value=2048))
def test_a_padded_batch_keeps_the_budget_unless_one_text_is_longer(lengths: list[int], budget: int) -> None:
    for batch in batches.by_length(lengths, budget=budget, may_pad=True):
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= budget


@given(LENGTHS)
def test_no_batch_is_longer_than_the_one_before_it(lengths: list[int]) -> None:
    longest = [max(lengths[i] for i in batch) for batch in batches.by_length(lengths, budget=600, may_pad=True)]
    assert longest == sorted(longest, reverse=True)


def test_short_texts_share_a_batch() -> None:
    assert list(batches.by_length([3, 100, 3, 3], budget=100, may_pad=True)) == [[1], [0, 2, 3]]


@given(LENGTHS)
def test_without_padding_only_equal_lengths_share_a_batch(lengths: list[int]) -> None:
    for batch in batches.by_length(lengths, budget=2048, may_pad=False):
        assert len({lengths[i] for i in batch}) == 1


def test_vectors_come_back_in_the_order_of_the_texts_and_progress_is_told() -> None:
    told: list[int] = []
    texts = [str(i) for i in range(10_000)]
    vectors = batches.assembled(texts, _backwards, dim=1, on_progress=told.append)
    assert vectors[:, 0].tolist() == list(range(10_000))
    assert (told == sorted(told), told[-1]) == (True, 10_000)


def test_no_texts_make_an_empty_matrix() -> None:
    assert batches.assembled([], _backwards, dim=7, on_progress=None).shape == (0, 7)


def _backwards(texts: Sequence[str]) -> Iterator[batches.Batch]:
    for start in range(0, len(texts), 3):
        positions = list(reversed(range(len(texts))[start : start + 3]))
        yield positions, np.array([[float(texts[position])] for position in positions], dtype=np.float32)
