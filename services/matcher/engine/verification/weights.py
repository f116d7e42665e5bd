"""The verifier's weights: shipped layers in 8 bits on top of the bundled model's word embeddings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.engine.embedding import bert
from matcher.engine.embedding.bert import BertShape
from matcher.engine.embedding.contract import Matrix, ModelUnavailable
from matcher.engine.embedding.e5_file import E5File
from matcher.engine.embedding.tokenizer import e5_tokenizer

SHIPPED = Path(__file__).parent / "data" / "verifier.npz"
_SCALE = ".scale"
_HELD = ("version", "kept", "head.weight", "head.bias")


@dataclass(frozen=True)
class Stored:
    """What the shipped file holds: `kept` are the bundled model's tokens that the verifier knows, `head` the (3, 768)
    weights and (3,) biases on top of its first state and the mean of all."""

    version: str
    kept: NDArray[np.int32]
    head: tuple[Matrix, Matrix]
    path: Path

    @cached_property
    def layers(self) -> Mapping[str, NDArray[Any]]:
        """Read when they are first asked for, to be converted: a process that finds that done has no use for 170 MB."""
        with np.load(self.path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files if name not in _HELD}


def read(path: Path) -> Stored:
    """Raises ModelUnavailable for a file that is no verifier."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = (file["head.weight"], file["head.bias"])
            return Stored(str(file["version"]), file["kept"], head, path)
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailable(f"{path} cannot be read as a verifier: {error}.") from error


class VerifierWeights:
    """A BERT encoder of few layers, as the converter wants it.

    Layers are stored as int8 rows with one float32 scale each; embeddings are rows of the bundled model, so that
    nothing is stored twice.
    """

    def __init__(self, stored: Stored, embeddings: E5File) -> None:
        self._kept, self._layers, self._embeddings = stored.kept, stored.layers, embeddings

    @cached_property
    def shape(self) -> BertShape:
        layers = len({name.split(".")[2] for name in self._layers if name.startswith("encoder.layer.")})
        return replace(self._embeddings.shape, layers=layers, vocabulary=len(self._kept))

    def tensor(self, name: str, rows: slice = slice(None)) -> Matrix:
        if name == bert.WORDS:
            return self._embeddings.tensor(name, self._kept[rows])
        if name not in self._layers:
            return self._embeddings.tensor(name, rows)
        values = self._layers[name].astype(np.float32)
        return (values * self._layers[name + _SCALE][:, None] if name + _SCALE in self._layers else values)[rows]

    def tokenizer(self) -> Tokenizer:
        """The bundled model's tokenizer with the pieces of the languages that the verifier was trained in."""
        pieces = list(self._embeddings.pieces())
        return e5_tokenizer([pieces[index] for index in self._kept])
