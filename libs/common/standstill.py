"""How long a consumer has not come on, for readers that may not look up when an event was stored."""

from collections.abc import Callable
from datetime import datetime


class Standstill:
    """Remembers, by consumer, how far it had come and since when this process sees it there."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[object, tuple[int, datetime]] = {}

    def since(self, consumer: object, floor: int) -> datetime:
        """Since when it stands at `floor`, as seen by this process: what waits may be older, and is no younger."""
        seen = self._seen.get(consumer)
        if seen is None or seen[0] != floor:
            seen = self._seen[consumer] = floor, self._now()
        return seen[1]
