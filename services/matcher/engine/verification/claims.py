"""What the verifier is asked, and how it is laid out in tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.engine.embedding.batches import well_formed

MOST_TOKENS = (64, 128, 64)
"""Of the requirement, the sentence and what stands before it; the rest is cut off."""
_BEGIN, _END, _UNKNOWN = 0, 2, 3


@dataclass(frozen=True, slots=True)
class SentenceClaim:
    """Whether `sentence` shows that an offer meets `requirement`; `before` is the sentence that precedes it."""

    requirement: str
    sentence: str
    before: str = ""


def token_ids(tokenizer: Tokenizer, claim: SentenceClaim) -> list[int]:
    """`<s> requirement </s></s> sentence </s>`, then `before </s>` when there is any; at most 261 tokens."""
    parts = [
        tokenizer.encode(well_formed(text), add_special_tokens=False).ids[:most]
        for text, most in zip((claim.requirement, claim.sentence, claim.before), MOST_TOKENS, strict=True)
    ]
    ids = [_BEGIN, *parts[0], _END, _END, *parts[1], _END]
    return [*ids, *parts[2], _END] if parts[2] else ids


def unknown_share(tokenizer: Tokenizer, text: str) -> float:
    """The share of a text's tokens outside the vocabulary, 0 … 1: scripts that the verifier never learnt."""
    ids = tokenizer.encode(well_formed(text), add_special_tokens=False).ids
    return ids.count(_UNKNOWN) / len(ids) if ids else 0.0


class Verifies(Protocol):
    """What judges need of a verifier."""

    def verify(self, asked: Sequence[SentenceClaim]) -> NDArray[np.float32]:
        """(n, 3) chances that the sentence supports, refutes or tells nothing of the requirement; rows sum to 1."""
        ...
