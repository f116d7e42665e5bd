"""Writes the bundled model as an ordinary sentence-transformers folder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from matcher.engine.embedding import prompts, tokenizer
from matcher.engine.embedding.bert import BertShape, tensor_names
from matcher.engine.embedding.contract import Matrix
from matcher.engine.embedding.e5_file import E5File

_MODULES = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")


def write(source: E5File, folder: Path, *, on_progress: Callable[[float], None]) -> None:
    """Fill `folder` with config, tokenizer and float32 weights (490 MB, as much memory, a few seconds).

    float32 although the file holds less: loaders take the type from the file, and half precision is slow on a CPU.
    """
    for path, content in _settings(source.shape).items():
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, indent=2, ensure_ascii=False))
    (folder / "2_Normalize").mkdir()
    tokenizer.e5_tokenizer(list(source.pieces())).save(str(folder / "tokenizer.json"), pretty=False)
    on_progress(0.2)
    names = tensor_names(source.shape)
    tensors: dict[str, Matrix] = {}
    for count, name in enumerate(names, start=1):
        tensors[name] = source.tensor(name)
        on_progress(0.2 + 0.5 * count / len(names))
    save_file({**tensors, **_empty_pooler(source.shape)}, folder / "model.safetensors", metadata={"format": "pt"})
    on_progress(1.0)


def _empty_pooler(shape: BertShape) -> dict[str, Matrix]:
    """The layer on top of BERT that mean pooling does not use; without it every load warns of missing weights."""
    return {
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), dtype=np.float32),
        "pooler.dense.bias": np.zeros(shape.hidden, dtype=np.float32),
    }


def _settings(shape: BertShape) -> dict[str, Any]:
    return {
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(_MODULES)
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": prompts.E5.query, "passage": prompts.E5.passage, "document": prompts.E5.passage},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "config.json": _bert_config(shape),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": tokenizer.BOS,
            "cls_token": tokenizer.BOS,
            "eos_token": tokenizer.EOS,
            "sep_token": tokenizer.EOS,
            "pad_token": tokenizer.PAD,
            "unk_token": tokenizer.UNK,
            "mask_token": tokenizer.MASK,
            "clean_up_tokenization_spaces": False,
        },
    }


def _bert_config(shape: BertShape) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.layer_norm_eps,
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": 1,
        "torch_dtype": "float32",
    }
