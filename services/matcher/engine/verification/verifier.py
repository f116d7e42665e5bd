"""Runs the verifier with CTranslate2."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding import cache, e5_file, loader
from matcher.engine.embedding.contract import Matrix, Tokenizer
from matcher.engine.verification import claims, weights
from matcher.engine.verification.claims import ParagraphClaim
from matcher.engine.verification.weights import SHIPPED, VerifierWeights
from matcher.engine.words.memo import ByteBoundedCache, text_size

Chances = NDArray[np.float32]
"""(n, 3): that the paragraph supports the requirement, refutes it, or tells nothing of it; rows sum to 1."""

_FORM = "v2-ct2-int8"
_MOST_UNKNOWN = 0.2
_CACHE_BYTES = 16 << 20
_SILENT = np.array([0.0, 0.0, 1.0], dtype=np.float32)


class ClauseVerifier:
    """Safe to call from several threads. The same claim has the same chances, whatever else is asked beside it."""

    def __init__(self, folder: Path, pieces: "KnownPieces", *, version: str, head: tuple[Matrix, Matrix]) -> None:
        self.version = version
        self._weight, self._bias = head
        self._pieces = pieces
        self._encoder = ctranslate2.Encoder(str(folder), compute_type="int8", inter_threads=1, intra_threads=1)
        self._known = ByteBoundedCache(self._chances, size_of=_size, most_bytes=_CACHE_BYTES)

    def verify(self, asked: Sequence[ParagraphClaim]) -> Chances:
        """The chances of each claim, in order. Some 5 ms a claim on one core: never call it on an event loop."""
        rows = [self._known(claim) for claim in asked]
        return np.stack(rows) if rows else np.empty((0, 3), dtype=np.float32)

    def _chances(self, claim: ParagraphClaim) -> NDArray[np.float32]:
        requirement, paragraph = claims.encoded(self._pieces, claim)
        if claims.unknown_share(paragraph) > _MOST_UNKNOWN:
            return _SILENT
        ids = claims.laid_out(requirement, paragraph)
        # One at a time: padding would make a claim's chances depend on its neighbours.
        tokens, length = np.array([ids], dtype=np.int32), np.array([len(ids)], dtype=np.int32)
        output = self._encoder.forward_batch(
            ctranslate2.StorageView.from_array(tokens), ctranslate2.StorageView.from_array(length)
        )
        states = np.asarray(output.last_hidden_state)[0]
        logits = self._weight @ np.concatenate([states[0], states.mean(axis=0)]) + self._bias
        odds = np.exp(logits - logits.max())
        chances: NDArray[np.float32] = (odds / odds.sum()).astype(np.float32)
        return chances


class KnownPieces:
    """Cuts texts as the bundled model does; a token that the verifier does not keep is unknown to it.

    One of Chinese or English is cut alike by a tokenizer of the kept tokens alone, which would take 100 MB more.
    """

    def __init__(self, tokenizer: Tokenizer, kept: NDArray[np.int32]) -> None:
        """`kept` are the ids of the tokenizer that the verifier knows, in the order of its own."""
        self._tokenizer = tokenizer
        self._own = np.full(tokenizer.size, claims.UNKNOWN, dtype=np.int32)
        self._own[kept] = np.arange(len(kept), dtype=np.int32)

    def __call__(self, text: str) -> list[int]:
        found: list[int] = self._own[self._tokenizer.ids(text)[1:-1]].tolist()
        return found


def load_verifier(cache_dir: Path, *, path: Path = SHIPPED) -> ClauseVerifier:
    """The shipped verifier, converted into `cache_dir` at the first call (2 s, 60 MB). Raises ModelUnavailable.

    It takes 65 MB of memory, and shares its tokenizer with the bundled model's embedder.
    """
    embeddings_path = e5_file.bundled_path()
    stored = weights.read(path)
    folder = cache.converted(
        cache_dir / f"verifier-{stored.version}-{e5_file.SHA256[:12]}-{_FORM}",
        partial(_write, stored=stored, embeddings_path=embeddings_path),
    )
    pieces = KnownPieces(loader.bundled_tokenizer(), stored.kept)
    return ClauseVerifier(folder, pieces, version=stored.version, head=stored.head)


def _write(part: Path, *, stored: weights.Stored, embeddings_path: Path) -> None:
    # With it comes torch, where that is installed, and its 160 MB.
    from matcher.engine.embedding import ct2_model

    e5_file.verify(embeddings_path)
    source = VerifierWeights(stored, e5_file.E5File(embeddings_path))
    ct2_model.write(source, source.tokenizer(), part, on_progress=lambda share: None, bits=8)


def _size(claim: ParagraphClaim, _: NDArray[np.float32]) -> int:
    return 300 + text_size(claim.requirement) + text_size(claim.paragraph)
