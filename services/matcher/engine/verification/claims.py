"""What the verifier is asked, and how it is laid out in tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.engine.embedding.batches import well_formed

MOST_REQUIREMENT, MOST_PARAGRAPH = 64, 288
"""Tokens of the requirement and of the paragraph that are read; of 4,000 pairs that readers judged, none has more."""
BEGIN, END, _UNKNOWN = 0, 2, 3


@dataclass(frozen=True, slots=True)
class ParagraphClaim:
    """Whether `paragraph` shows that an offer meets `requirement`.

    at  the character of the paragraph around which a long one is read; one that is read whole is read alike for all
    """

    requirement: str
    paragraph: str
    at: int = 0


def encoded(tokenizer: Tokenizer, claim: ParagraphClaim) -> tuple[list[int], list[int]]:
    """The tokens of requirement and paragraph that are read, without marks."""
    requirement = tokenizer.encode(well_formed(claim.requirement), add_special_tokens=False)
    paragraph = tokenizer.encode(well_formed(claim.paragraph), add_special_tokens=False)
    first = _first(paragraph.offsets, claim.at)
    return requirement.ids[:MOST_REQUIREMENT], paragraph.ids[first : first + MOST_PARAGRAPH]


def _first(offsets: Sequence[tuple[int, int]], at: int) -> int:
    """The token that reading begins with, so that the one at character `at` is in the middle, or near an end."""
    middle = sum(end <= at for _, end in offsets)
    return max(0, min(middle - MOST_PARAGRAPH // 2, len(offsets) - MOST_PARAGRAPH))


def laid_out(requirement: Sequence[int], told: Sequence[int]) -> list[int]:
    """`<s> requirement </s></s> told </s>`."""
    return [BEGIN, *requirement, END, END, *told, END]


def unknown_share(ids: Sequence[int]) -> float:
    """The share of a text's tokens outside the vocabulary, 0 … 1: scripts that the verifier never learnt."""
    return sum(one == _UNKNOWN for one in ids) / len(ids) if ids else 0.0


class Verifies(Protocol):
    """What judges need of a verifier."""

    @property
    def version(self) -> str:
        """Names the weights, for receipts."""
        ...

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        """(n, 3) chances that the paragraph supports, refutes or tells nothing of the requirement; rows sum to 1."""
        ...
