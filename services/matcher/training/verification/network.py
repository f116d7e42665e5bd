"""The verifier as torch trains it: the first layers of the bundled model, with a head of three answers."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

from matcher.engine.embedding.bert import BertShape
from matcher.engine.embedding.e5_file import E5File
from matcher.engine.verification.weights import Stored, VerifierWeights

LAYERS = 6
_PADDING = 1
_LAYERS = "encoder.layer."
_DROPOUT = 0.1


class Network(torch.nn.Module):  # type: ignore[misc]  # torch is untyped where it is not installed
    """Answers claims in tokens with the logits of support, refutation and silence.

    `kept` are the bundled model's tokens that it knows, in order. Word embeddings are the bundled model's, and stay.
    """

    def __init__(self, source: E5File, kept: NDArray[np.int32], layers: int = LAYERS) -> None:
        super().__init__()
        self._source = source
        self.encoder = BertModel(_config(source.shape, len(kept), layers), add_pooling_layer=False)
        state = {name: torch.from_numpy(_tensor(source, name, kept)) for name in self.encoder.state_dict()}
        self.encoder.load_state_dict(state)
        self.encoder.embeddings.requires_grad_(False)
        self.dropout = torch.nn.Dropout(_DROPOUT)
        self.head = torch.nn.Linear(2 * source.shape.hidden, 3)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(n, 3) logits of (n, longest) tokens; `mask` is 0 where there is none."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        there = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * there).sum(1) / there.sum(1)
        logits: torch.Tensor = self.head(self.dropout(torch.cat([states[:, 0], mean], dim=-1)))
        return logits

    def freeze(self, layers: int) -> None:
        """Let the first `layers` layers stay as they are, beside the word embeddings, and all others learn."""
        for place, layer in enumerate(self.encoder.encoder.layer):
            layer.requires_grad_(place >= layers)

    def load(self, stored: Stored) -> None:
        """Take over the layers and the head of a file of weights."""
        weights = VerifierWeights(stored, self._source)
        names = [name for name in self.encoder.state_dict() if name.startswith(_LAYERS)]
        layers = {name: torch.from_numpy(np.array(weights.tensor(name), dtype=np.float32)) for name in names}
        self.encoder.load_state_dict(layers, strict=False)
        weight, bias = map(torch.from_numpy, stored.head)
        self.head.load_state_dict({"weight": weight, "bias": bias})

    def stored(self, kept: NDArray[np.int32], version: str) -> dict[str, NDArray[Any]]:
        """The arrays of a file of weights: matrices in 8 bits, each row with a scale."""
        arrays: dict[str, NDArray[Any]] = {"version": np.array(version), "kept": kept}
        for name, value in self.head.state_dict().items():
            arrays[f"head.{name}"] = value.float().numpy()
        for name, value in self.encoder.state_dict().items():
            if name.startswith(_LAYERS) and value.ndim == 2:
                arrays[name], arrays[f"{name}.scale"] = _quantised(value.float().numpy())
            elif name.startswith(_LAYERS):
                arrays[name] = value.float().numpy()
        return arrays


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and mask, (n, longest)."""
    longest = max(map(len, rows))
    ids, mask = torch.full((len(rows), longest), _PADDING), torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row)], mask[at, : len(row)] = torch.tensor(row), 1
    return ids, mask


def batches(lengths: Sequence[int], size: int, random: Random | None) -> Sequence[Sequence[int]]:
    """Positions in groups of about equal length, in random order unless `random` is None."""
    order = list(range(len(lengths)))
    if random:
        random.shuffle(order)
    chunks = [sorted(order[at : at + size * 20], key=lengths.__getitem__) for at in range(0, len(order), size * 20)]
    groups = [chunk[at : at + size] for chunk in chunks for at in range(0, len(chunk), size)]
    if random:
        random.shuffle(groups)
    return groups


def _config(shape: BertShape, vocabulary: int, layers: int) -> BertConfig:
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.layer_norm_eps,
        pad_token_id=None,
    )


def _tensor(source: E5File, name: str, kept: NDArray[np.int32]) -> NDArray[np.float32]:
    rows = kept if name == "embeddings.word_embeddings.weight" else slice(None)
    return np.array(source.tensor(name, rows), dtype=np.float32)


def _quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows in 8 bits, and the scale of each."""
    scales = np.maximum(np.abs(matrix).max(axis=1) / 127, 1e-12).astype(np.float32)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales
