"""Embeds on the CPU with CTranslate2: no torch, ready in a second."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding import batches
from matcher.engine.embedding.contract import Matrix, Tokenizer
from matcher.engine.embedding.prompts import Prompts

_BATCH_TOKENS = 512  # larger ones leave the processor's cache and are slower, and a query would wait longer
_LEAST_ROWS = 16  # fewer tokens are multiplied in another order, so short inputs are computed several times over
_PROBED = (7, 31, 63)  # lengths that give other sums in company wherever any length does

_Ids = NDArray[np.int32]


class CTranslate2Embedder:
    """A BERT encoder with mean pooling, converted for CTranslate2."""

    def __init__(
        self, folder: Path, tokenizer: Tokenizer, *, id: str, max_tokens: int, prompts: Prompts, threads: int
    ) -> None:
        """`threads` batches are computed at a time, each on one thread: no barrier at which a busy neighbour stalls."""
        self.id = id
        self.max_tokens, self.batch_tokens = max_tokens, _BATCH_TOKENS * threads
        self._prompts = prompts
        self._threads = threads
        self._tokenizer = tokenizer
        self._encoder = ctranslate2.Encoder(str(folder), compute_type="float32", inter_threads=threads, intra_threads=1)
        self._batch_tokens = _BATCH_TOKENS if self._is_steady() else 1
        self.dim = self._vectors([self._ids("")]).shape[1]

    def encode_queries(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode([self._prompts.query + text for text in texts], on_progress)

    def encode_passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode([self._prompts.passage + text for text in texts], on_progress)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.ids(batches.well_formed(self._prompts.passage + text)))

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        return batches.assembled(texts, self._by_batch, dim=self.dim, on_progress=on_progress)

    def _by_batch(self, texts: Sequence[str]) -> Iterator[batches.Batch]:
        inputs = [self._ids(text) for text in texts]
        # Padding changes the last bits of a sum: a text's vector would depend on its neighbours.
        plan = list(batches.by_length([len(ids) for ids in inputs], budget=self._batch_tokens, may_pad=False))
        work = [[inputs[position] for position in positions] for positions in plan]
        if self._threads == 1 or len(plan) == 1:
            yield from zip(plan, map(self._vectors, work), strict=True)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            yield from zip(plan, pool.map(self._vectors, work), strict=True)

    def _ids(self, text: str) -> _Ids:
        ids = self._tokenizer.ids(batches.well_formed(text))
        if len(ids) > self.max_tokens:
            ids = [*ids[: self.max_tokens - 1], ids[-1]]  # the end mark stays
        return np.array(ids, dtype=np.int32)

    def _vectors(self, inputs: list[_Ids]) -> Matrix:
        """(n, dim) means of the last hidden states of n equally long inputs, at unit length."""
        ids = np.stack(inputs)
        ids = np.tile(ids, (-(-_LEAST_ROWS // ids.size), 1))
        lengths = np.full(len(ids), ids.shape[1], dtype=np.int32)
        # Both views borrow the arrays' memory, so the arrays must outlive the call.
        output = self._encoder.forward_batch(
            ctranslate2.StorageView.from_array(ids), ctranslate2.StorageView.from_array(lengths)
        )
        means = np.asarray(output.last_hidden_state)[: len(inputs)].mean(axis=1)
        unit: Matrix = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit

    def _is_steady(self) -> bool:
        """Whether this processor's matrix products give a row the same bits alone and in company; a moment.

        Where they do not, each text must go alone, which takes short ones twice as long.
        """
        for length in _PROBED:
            ids = np.arange(min(length, self.max_tokens), dtype=np.int32) % self._tokenizer.size
            if (self._vectors([ids] * (_BATCH_TOKENS // length)) != self._vectors([ids])).any():
                return False
        return True
