"""What a BERT encoder is made of, under the names PyTorch gives its parts."""

from dataclasses import dataclass
from typing import Protocol

from matcher.engine.embedding.contract import Matrix

WORDS = "embeddings.word_embeddings.weight"
POSITIONS = "embeddings.position_embeddings.weight"
TOKEN_TYPES = "embeddings.token_type_embeddings.weight"
EMBEDDINGS_NORM = "embeddings.LayerNorm"
_LAYER_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)


@dataclass(frozen=True)
class BertShape:
    """The sizes that define a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


class BertWeights(Protocol):
    """A BERT encoder's weights, wherever they are kept."""

    @property
    def shape(self) -> BertShape: ...

    def tensor(self, name: str, rows: slice = slice(None)) -> Matrix:
        """One tensor in float32: (rows, columns) of a matrix, (width,) of a vector. Raises KeyError."""
        ...


def tensor_names(shape: BertShape) -> list[str]:
    """Every tensor of the encoder, the pooler left out."""
    layers = [f"encoder.layer.{i}.{part}" for i in range(shape.layers) for part in _LAYER_PARTS]
    return [
        WORDS,
        POSITIONS,
        TOKEN_TYPES,
        *(f"{part}.{kind}" for part in (EMBEDDINGS_NORM, *layers) for kind in ("weight", "bias")),
    ]
