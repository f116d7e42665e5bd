"""Puts vectors into bytes and takes them out again: half precision, as the database keeps them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding import Matrix, Vector

_OWN = np.dtype("<f2")
_HALFVEC = np.dtype(">f2")
_HALFVEC_HEADER = 4  # two 16-bit numbers: the width, and zero


def packed(rows: Sequence[Vector] | Matrix) -> bytes:
    """Float16, little endian, row by row; nothing for no rows."""
    return b"".join(np.asarray(row).astype(_OWN).tobytes() for row in rows)


def kept(stored: bytes, dim: int) -> NDArray[np.float16]:
    """(n, dim) float16: what `packed` wrote, as it is; nothing is copied."""
    return np.frombuffer(stored, dtype=_OWN).reshape(-1, dim)


def unpacked(stored: bytes, dim: int) -> Matrix:
    """(n, dim) float32 of what `packed` wrote; rows are of unit length to within half precision."""
    return kept(stored, dim).astype(np.float32)


def from_halfvec(sent: bytes) -> Vector:
    """(dim,) float32 of what the database's `halfvec_send` gives."""
    return np.frombuffer(sent, dtype=_HALFVEC, offset=_HALFVEC_HEADER).astype(np.float32)
