"""A sentence-transformers folder of a BERT small enough to make anew in each test, written without torch."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from matcher.engine.embedding import bert
from matcher.engine.embedding.bert import BertShape
from matcher.engine.embedding.tokenizer import BOS, EOS, MASK, PAD, UNK, e5_tokenizer

SHAPE = BertShape(
    hidden=64, layers=2, heads=4, feed_forward=128, vocabulary=40, positions=32, token_types=2, layer_norm_eps=0.1
)
_LETTERS = "▁abcdefghijklmnopqrstuvwxyz:"


def write(folder: Path, *, dtype: str = "F32", config: dict[str, Any] | None = None) -> Path:
    """Random weights, the letters a to z as tokens, prompts "q: " and "p: ", at most 16 tokens of 32 possible.

    Its tokenizer is saved with the cut and the padding of training's last batch, as happens.

    dtype   "F32" or "F16", the precision the weights are stored in
    config  changes to config.json
    """
    (folder / "1_Pooling").mkdir(parents=True)
    for name, content in _settings(config or {}).items():
        (folder / name).write_text(json.dumps(content))
    tokenizer = e5_tokenizer([(token, 0.0) for token in (BOS, PAD, EOS, UNK, MASK)] + [(c, -1.0) for c in _LETTERS])
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=12)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_weights(folder / "model.safetensors", dtype)
    return folder


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    return {
        "config.json": {
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": SHAPE.hidden,
            "num_hidden_layers": SHAPE.layers,
            "num_attention_heads": SHAPE.heads,
            "intermediate_size": SHAPE.feed_forward,
            "vocab_size": SHAPE.vocabulary,
            "max_position_embeddings": SHAPE.positions,
            "type_vocab_size": SHAPE.token_types,
            "layer_norm_eps": SHAPE.layer_norm_eps,
            **config,
        },
        "1_Pooling/config.json": {"pooling_mode": "mean"},
        "sentence_bert_config.json": {"max_seq_length": 16},
        "config_sentence_transformers.json": {"prompts": {"query": "q: ", "document": "p: "}},
    }


def _write_weights(path: Path, dtype: str) -> None:
    random = np.random.default_rng(7)
    header: dict[str, Any] = {}
    data = b""
    for name in bert.tensor_names(SHAPE):
        shape = _shape_of(name)
        values = random.normal(1.0 if "LayerNorm.weight" in name else 0.0, 0.3, shape)
        raw = values.astype("<f4" if dtype == "F32" else "<f2").tobytes()
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    directory = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(directory)) + directory + data)


def _shape_of(name: str) -> list[int]:
    rows = {bert.WORDS: SHAPE.vocabulary, bert.POSITIONS: SHAPE.positions, bert.TOKEN_TYPES: SHAPE.token_types}
    if name in rows:
        return [rows[name], SHAPE.hidden]
    outer = SHAPE.feed_forward if "intermediate" in name else SHAPE.hidden
    inner = SHAPE.feed_forward if name.endswith("output.dense.weight") and "attention" not in name else SHAPE.hidden
    return [outer] if name.endswith("bias") or "LayerNorm" in name else [outer, inner]
