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


def encoded(tokenizer: Tokenizer, claim: SentenceClaim) -> list[list[int]]:
    """The tokens of requirement, sentence and what stands before it, uncut and without marks."""
    texts = (claim.requirement, claim.sentence, claim.before)
    return [tokenizer.encode(well_formed(text), add_special_tokens=False).ids for text in texts]


def laid_out(parts: Sequence[Sequence[int]]) -> list[int]:
    """`<s> requirement </s></s> sentence </s>`, then `before </s>` when there is any; at most 261 tokens."""
    requirement, sentence, before = (part[:most] for part, most in zip(parts, MOST_TOKENS, strict=True))
    ids = [_BEGIN, *requirement, _END, _END, *sentence, _END]
    return [*ids, *before, _END] if before else ids


def unknown_share(ids: Sequence[int]) -> float:
    """The share of a text's tokens outside the vocabulary, 0 … 1: scripts that the verifier never learnt."""
    return sum(one == _UNKNOWN for one in ids) / len(ids) if ids else 0.0


class Verifies(Protocol):
    """What judges need of a verifier."""

    @property
    def version(self) -> str:
        """Names the weights, for receipts."""
        ...

    def verify(self, asked: Sequence[SentenceClaim]) -> NDArray[np.float32]:
        """(n, 3) chances that the sentence supports, refutes or tells nothing of the requirement; rows sum to 1."""
        ...
