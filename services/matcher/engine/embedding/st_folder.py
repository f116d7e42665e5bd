"""Reads a sentence-transformers folder of a BERT model without torch, so that a model trained there can run here."""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from matcher.engine.embedding.bert import BertShape, tensor_names
from matcher.engine.embedding.contract import Matrix, ModelUnavailable
from matcher.engine.embedding.prompts import Prompts

_WEIGHTS = "model.safetensors"
_DTYPES = {"F32": "<f4", "F16": "<f2"}
_LARGEST_DIRECTORY = 100_000_000  # bytes; the format's own limit
_WITHOUT_EFFECT = {".md", ".txt", ".lock"}


class StFolder:
    """Shape, weights, tokenizer, prompts and limit of the model in a folder."""

    def __init__(self, path: Path) -> None:
        """Raises ModelUnavailable unless it is a BERT encoder with mean pooling, in one safetensors file."""
        self.path = path
        config = self._json("config.json")
        self._refuse_unless(config.get("model_type") == "bert", f"its model_type is {config.get('model_type')!r}")
        self._refuse_unless(config.get("hidden_act") == "gelu", f"its activation is {config.get('hidden_act')!r}")
        self._refuse_unless(self._pools_by_mean(), "it does not pool by the mean of the tokens")
        self.shape = self._shape(config)
        self.max_tokens = self._max_tokens()
        self.prompts = prompts_of(self._json("config_sentence_transformers.json", optional=True).get("prompts", {}))
        self._start, self._directory = self._open_weights()
        missing = set(tensor_names(self.shape)) - self._directory.keys()
        self._refuse_unless(not missing, f"{_WEIGHTS} lacks {min(missing, default='')}")

    def tensor(self, name: str, rows: slice = slice(None)) -> Matrix:
        entry = self._directory[name]
        self._refuse_unless(entry["dtype"] in _DTYPES, f"{name} is stored as {entry['dtype']}")
        first, last = entry["data_offsets"]
        raw = np.memmap(self.path / _WEIGHTS, np.uint8, "r", offset=self._start + first, shape=(last - first,))
        return raw.view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])[rows].astype(np.float32)

    def tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self.path / "tokenizer.json"))

    def _open_weights(self) -> tuple[int, dict[str, Any]]:
        """Where the tensors begin, and the directory of them: an 8-byte length and that much JSON."""
        path = self.path / _WEIGHTS
        try:
            with path.open("rb") as file:
                (size,) = struct.unpack("<Q", file.read(8))
                directory = dict(json.loads(file.read(min(size, _LARGEST_DIRECTORY))))
        except (OSError, struct.error, ValueError) as error:
            raise ModelUnavailable(f"{path} cannot be read: {error}.") from error
        directory.pop("__metadata__", None)
        end = 8 + size + max((entry["data_offsets"][1] for entry in directory.values()), default=0)
        self._refuse_unless(path.stat().st_size == end, f"{_WEIGHTS} is not {end} bytes long, as it says it is")
        return 8 + size, directory

    def _shape(self, config: dict[str, Any]) -> BertShape:
        try:
            return BertShape(
                hidden=config["hidden_size"],
                layers=config["num_hidden_layers"],
                heads=config["num_attention_heads"],
                feed_forward=config["intermediate_size"],
                vocabulary=config["vocab_size"],
                positions=config["max_position_embeddings"],
                token_types=config["type_vocab_size"],
                layer_norm_eps=config["layer_norm_eps"],
            )
        except KeyError as error:
            raise ModelUnavailable(f"{self.path / 'config.json'} does not state {error}.") from error

    def _pools_by_mean(self) -> bool:
        pooling = self._json("1_Pooling/config.json")
        switched_on = [key for key, on in pooling.items() if key.startswith("pooling_mode_") and on]
        return pooling.get("pooling_mode", "mean") == "mean" and switched_on in ([], ["pooling_mode_mean_tokens"])

    def _max_tokens(self) -> int:
        stated = self._json("sentence_bert_config.json", optional=True).get("max_seq_length")
        stated = stated or self._json("tokenizer_config.json", optional=True).get("model_max_length")
        return min(stated or self.shape.positions, self.shape.positions)

    def _json(self, name: str, *, optional: bool = False) -> dict[str, Any]:
        try:
            return dict(json.loads((self.path / name).read_text()))
        except FileNotFoundError as error:
            if optional:
                return {}
            raise ModelUnavailable(f"{self.path} is not a sentence-transformers folder: {name} is missing.") from error
        except ValueError as error:
            raise ModelUnavailable(f"{self.path / name} is not JSON: {error}.") from error

    def _refuse_unless(self, condition: bool, reason: str) -> None:
        if not condition:
            raise ModelUnavailable(f"{self.path} cannot be converted for CTranslate2: {reason}.")


def digest(folder: Path) -> str:
    """Names the content of a model folder in 12 characters. Reads all of it: a second per gigabyte."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in _WITHOUT_EFFECT):
        total.update(f"{path.relative_to(folder)}\n".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()[:12]


def prompts_of(stated: Mapping[str, str | None]) -> Prompts:
    """The prompts a model was saved with; none is the empty prompt, which many models were trained with."""
    return Prompts(query=stated.get("query") or "", passage=stated.get("passage") or stated.get("document") or "")
