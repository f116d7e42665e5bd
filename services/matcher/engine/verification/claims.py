"""What the verifier is asked, and how it is laid out in tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding.batches import well_formed

MOST_REQUIREMENT, MOST_PARAGRAPH = 64, 288
"""Tokens of the requirement and of the paragraph that are read; of 4,000 pairs that readers judged, none has more."""
BEGIN, END, UNKNOWN = 0, 2, 3

Pieces = Callable[[str], list[int]]
"""The tokens of a well-formed text, without marks."""


@dataclass(frozen=True, slots=True)
class ParagraphClaim:
    """Whether `paragraph` shows that an offer meets `requirement`.

    at  the character of the paragraph around which a long one is read; one that is read whole is read alike for all
    """

    requirement: str
    paragraph: str
    at: int = 0


def encoded(pieces: Pieces, claim: ParagraphClaim) -> tuple[list[int], list[int]]:
    """The tokens of requirement and paragraph that are read, without marks."""
    requirement, paragraph = pieces(well_formed(claim.requirement)), pieces(well_formed(claim.paragraph))
    first = 0
    if len(paragraph) > MOST_PARAGRAPH:
        # So that the token at character `at` is in the middle, or near an end.
        middle = len(pieces(well_formed(claim.paragraph[: claim.at])))
        first = max(0, min(middle - MOST_PARAGRAPH // 2, len(paragraph) - MOST_PARAGRAPH))
    return requirement[:MOST_REQUIREMENT], paragraph[first : first + MOST_PARAGRAPH]


def laid_out(requirement: Sequence[int], told: Sequence[int]) -> list[int]:
    """`<s> requirement </s></s> told </s>`."""
    return [BEGIN, *requirement, END, END, *told, END]


def unknown_share(ids: Sequence[int]) -> float:
    """The share of a text's tokens outside the vocabulary, 0 … 1: scripts that the verifier never learnt."""
    return sum(one == UNKNOWN for one in ids) / len(ids) if ids else 0.0


class Verifies(Protocol):
    """What judges need of a verifier."""

    @property
    def version(self) -> str:
        """Names the weights, for receipts."""
        ...

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        """(n, 3) chances that the paragraph supports, refutes or tells nothing of the requirement; rows sum to 1."""
        ...
