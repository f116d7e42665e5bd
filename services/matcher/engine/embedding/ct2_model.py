"""Writes a BERT encoder as a CTranslate2 folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.engine.embedding import bert
from matcher.engine.embedding.bert import BertWeights

_ROWS_AT_ONCE = 16_384  # of the word embeddings: 25 MB of float32 instead of 384

Halves = NDArray[np.float16]
"""Weights as they lie on the disk, at half the size; they are computed with in float32."""


def write(
    source: BertWeights,
    tokenizer: Tokenizer,
    folder: Path,
    *,
    on_progress: Callable[[float], None],
    bits: Literal[8, 16] = 16,
) -> None:
    """Fill `folder` with model.bin, config.json, vocabulary.json and tokenizer.json (250 MB, a few seconds).

    bits  of a weight on the disk; those of 16 are exact, 8 give what CTranslate2 makes of them when it loads as int8
    """
    spec = _spec(source)
    _set_embeddings(spec.encoder, source, on_progress=lambda share: on_progress(0.6 * share))
    for index, layer in enumerate(spec.encoder.layer):
        _set_layer(layer, source, f"encoder.layer.{index}")
    on_progress(0.7)
    spec.register_vocabulary(_vocabulary(tokenizer, source.shape.vocabulary))
    spec.config.layer_norm_epsilon = source.shape.layer_norm_eps
    spec.validate()
    if bits == 8:
        spec.optimize(quantization="int8")
    spec.save(str(folder))
    on_progress(0.9)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    on_progress(1.0)


def _spec(source: BertWeights) -> transformer_spec.TransformerEncoderModelSpec:
    encoder = transformer_spec.TransformerEncoderSpec(
        source.shape.layers,
        source.shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    return transformer_spec.TransformerEncoderModelSpec(encoder)


def _set_embeddings(
    encoder: transformer_spec.TransformerEncoderSpec, source: BertWeights, *, on_progress: Callable[[float], None]
) -> None:
    encoder.embeddings[0].weight = _words(source, on_progress)
    # Every token is of type 0, so its embedding is one constant: added to the positions it costs nothing at run time.
    encoder.position_encodings.encodings = source.tensor(bert.POSITIONS) + source.tensor(bert.TOKEN_TYPES)[0]
    _set_norm(encoder.layernorm_embedding, source, bert.EMBEDDINGS_NORM)


def _words(source: BertWeights, on_progress: Callable[[float], None]) -> Halves:
    count = source.shape.vocabulary
    words = np.empty((count, source.shape.hidden), dtype=np.float16)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        words[rows] = source.tensor(bert.WORDS, rows)
        on_progress(min(1.0, rows.stop / count))
    return words


def _set_layer(layer: transformer_spec.TransformerEncoderLayerSpec, source: BertWeights, name: str) -> None:
    attention = layer.self_attention
    _set_linear(attention.linear[0], source, *(f"{name}.attention.self.{part}" for part in ("query", "key", "value")))
    _set_linear(attention.linear[1], source, f"{name}.attention.output.dense")
    _set_norm(attention.layer_norm, source, f"{name}.attention.output.LayerNorm")
    _set_linear(layer.ffn.linear_0, source, f"{name}.intermediate.dense")
    _set_linear(layer.ffn.linear_1, source, f"{name}.output.dense")
    _set_norm(layer.ffn.layer_norm, source, f"{name}.output.LayerNorm")


def _set_linear(spec: common_spec.LinearSpec, source: BertWeights, *names: str) -> None:
    """Several names are stacked: CTranslate2 multiplies query, key and value as one."""
    spec.weight = np.concatenate([source.tensor(f"{name}.weight") for name in names]).astype(np.float16)
    spec.bias = np.concatenate([source.tensor(f"{name}.bias") for name in names])


def _set_norm(spec: common_spec.LayerNormSpec, source: BertWeights, name: str) -> None:
    spec.gamma = source.tensor(f"{name}.weight")
    spec.beta = source.tensor(f"{name}.bias")


def _vocabulary(tokenizer: Tokenizer, size: int) -> list[str]:
    """One name per row of the embeddings; a model may have rows past the tokenizer's last id."""
    return [tokenizer.id_to_token(i) or f"<unused_{i}>" for i in range(size)]
