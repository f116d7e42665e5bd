"""BERT written out in double precision, to hold the engines against."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding import bert
from matcher.engine.embedding.bert import BertWeights

_Doubles = NDArray[np.float64]
_ERF = np.vectorize(math.erf)


def mean_pooled(weights: BertWeights, ids: Sequence[int]) -> _Doubles:
    """(hidden,) unit-length mean of the last hidden states of one input. Slow and plain on purpose."""
    words = np.concatenate([weights.tensor(bert.WORDS, slice(i, i + 1)) for i in ids]).astype(np.float64)
    states = words + weights.tensor(bert.POSITIONS)[: len(ids)] + weights.tensor(bert.TOKEN_TYPES)[0]
    states = _normed(weights, bert.EMBEDDINGS_NORM, states)
    for index in range(weights.shape.layers):
        states = _layer(weights, f"encoder.layer.{index}", states)
    mean = states.mean(axis=0)
    unit: _Doubles = mean / np.linalg.norm(mean)
    return unit


def _layer(weights: BertWeights, name: str, states: _Doubles) -> _Doubles:
    attended = _linear(weights, f"{name}.attention.output.dense", _attention(weights, name, states))
    states = _normed(weights, f"{name}.attention.output.LayerNorm", states + attended)
    inner = _linear(weights, f"{name}.intermediate.dense", states)
    inner *= 0.5 * (1 + _ERF(inner / np.sqrt(2)))
    return _normed(weights, f"{name}.output.LayerNorm", states + _linear(weights, f"{name}.output.dense", inner))


def _attention(weights: BertWeights, name: str, states: _Doubles) -> _Doubles:
    query, key, value = (
        _linear(weights, f"{name}.attention.self.{part}", states)
        .reshape(len(states), weights.shape.heads, -1)
        .swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[-1])
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed: _Doubles = (shares @ value).swapaxes(0, 1).reshape(len(states), -1)
    return mixed


def _linear(weights: BertWeights, name: str, states: _Doubles) -> _Doubles:
    product: _Doubles = states @ weights.tensor(f"{name}.weight").T + weights.tensor(f"{name}.bias")
    return product


def _normed(weights: BertWeights, name: str, states: _Doubles) -> _Doubles:
    centred = states - states.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + weights.shape.layer_norm_eps)
    normed: _Doubles = scaled * weights.tensor(f"{name}.weight") + weights.tensor(f"{name}.bias")
    return normed
