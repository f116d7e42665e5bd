"""How sure a share is that was counted over so many cases."""

from math import sqrt

_Z = 1.959964
"""Of a normal distribution, 95 % lies within so many standard deviations."""


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, (0, 1) of nothing. Wilson, JASA 22 (1927)."""
    if count == 0:
        return 0.0, 1.0
    share = right / count
    middle = share + _Z * _Z / (2 * count)
    spread = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    scale = 1 + _Z * _Z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
