"""Embeds with sentence-transformers: any model, a GPU where there is one; needs the extra `st`."""

import importlib
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from matcher.engine.embedding import batches
from matcher.engine.embedding.contract import Matrix, ModelUnavailable
from matcher.engine.embedding.st_folder import prompts_of

_CPU_BATCH_TOKENS = 1024
_GPU_BATCH_TOKENS = 65_536
_BYTES_PER_TOKEN = 4  # near enough for sorting, in Chinese as in English
_LONGEST_WITHOUT_LIMIT = 512


class SentenceTransformersEmbedder:
    """Any sentence-transformers model, always in float32."""

    def __init__(self, model: str, *, id: str | None = None, threads: int) -> None:
        """`model` is a folder or a name on the model hub; `id` is left out for a name, which brings its revision.

        `threads` is set for all of torch in this process. Raises ModelUnavailable when the model cannot be had.
        """
        torch.set_num_threads(threads)
        # Bars drawn while loading would land in the middle of a service's JSON log.
        importlib.import_module("transformers.utils.logging").disable_progress_bar()
        try:
            # Half precision is taken from the file otherwise, and is several times slower on a CPU.
            self._model = SentenceTransformer(model, model_kwargs={"dtype": torch.float32})
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"sentence-transformers cannot load {model}: {error}") from error
        self.id = id or f"{model}-{self._revision()}-st-float32"
        self.max_tokens = int(self._model.max_seq_length or _LONGEST_WITHOUT_LIMIT)
        self.batch_tokens = _CPU_BATCH_TOKENS if self._model.device.type == "cpu" else _GPU_BATCH_TOKENS
        self._prompts = prompts_of(self._model.prompts)
        # Its tokenizer keeps settings of one call while working, so two calls at once fail.
        self._one_at_a_time = threading.Lock()
        self.dim = self._vectors([""], self._prompts.passage).shape[1]

    def encode_queries(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode(texts, self._prompts.query, on_progress)

    def encode_passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        return self._encode(texts, self._prompts.passage, on_progress)

    def count_tokens(self, text: str) -> int:
        with self._one_at_a_time:
            return len(
                self._model.tokenizer(batches.well_formed(self._prompts.passage + text), verbose=False)["input_ids"]
            )

    def _encode(self, texts: Sequence[str], prompt: str, on_progress: Callable[[int], None] | None) -> Matrix:
        return batches.assembled(
            [batches.well_formed(text) for text in texts],
            lambda block: self._by_batch(block, prompt),
            dim=self.dim,
            on_progress=on_progress,
        )

    def _by_batch(self, texts: Sequence[str], prompt: str) -> Iterator[batches.Batch]:
        lengths = [min(len((prompt + text).encode()) // _BYTES_PER_TOKEN + 2, self.max_tokens) for text in texts]
        for positions in batches.by_length(lengths, budget=self.batch_tokens, may_pad=True):
            yield positions, self._vectors([texts[position] for position in positions], prompt)

    def _vectors(self, texts: list[str], prompt: str) -> Matrix:
        with self._one_at_a_time:
            vectors = self._model.encode(
                texts, prompt=prompt, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    def _revision(self) -> str:
        revision = getattr(getattr(self._model.transformers_model, "config", None), "_commit_hash", None)
        if revision is None:
            raise ModelUnavailable("The model has no revision to be told apart by; save it as a folder and name that.")
        return str(revision)[:12]
