"""Chooses which pairs that just missed are shown all the same: training must also see what the ranking holds back."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

Id = TypeVar("Id", UUID, str)

POOL = 10
"""How many of those that just missed may be chosen from."""
MARGIN = 10.0
"""How far below the least fit of a match they may be."""


def chance(share: float, *, shown: int, candidates: int) -> float:
    """The chance of each candidate to be shown, 0.0 … 1.0: together they take `share` of as many slots as are shown,
    and of one where none is."""
    return min(1.0, share * max(shown, 1) / candidates) if candidates else 0.0


def chosen(seed: str, candidates: Sequence[Id], chance: float) -> list[Id]:
    """Those of the candidates that are shown, in their order, each with the same chance and by itself.

    Equal seeds choose equally, in whatever company and order a candidate comes; a greater chance chooses more and drops
    none.
    """
    return [one for one in candidates if _draw(seed, one) < chance]


def _draw(seed: str, candidate: UUID | str) -> float:
    """A number from 0.0 up to 1.0 that is this candidate's for this seed."""
    drawn = hashlib.sha256(f"{seed}\n{candidate}".encode()).digest()
    return int.from_bytes(drawn[:8]) / 2.0**64
