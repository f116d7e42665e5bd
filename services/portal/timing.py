"""What of a page's time its API calls took, told in its Server-Timing header."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

HEADER = "Server-Timing"


def covered(intervals: Sequence[tuple[float, float]]) -> float:
    """How long at least one of them lasted; those that overlap count once."""
    total, until = 0.0, float("-inf")
    for begun, ended in sorted(intervals):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total


class PageTiming:
    """Of one request: since when, and when the APIs were waited for; seconds of a clock that never goes back."""

    def __init__(self, seconds: Callable[[], float] = time.perf_counter) -> None:
        self._seconds, self._begun = seconds, seconds()
        self._calls: list[tuple[float, float]] = []

    @contextmanager
    def call(self) -> Iterator[None]:
        begun = self._seconds()
        try:
            yield
        finally:
            self._calls.append((begun, self._seconds()))

    def said(self) -> str:
        """In milliseconds: `apis` while at least one call was under way, `calls` all of them one after the other, `own`
        the rest."""
        apis = covered(self._calls)
        alone = sum(ended - begun for begun, ended in self._calls)
        own = self._seconds() - self._begun - apis
        named = {"apis": apis, "calls": alone, "own": own}
        return ", ".join(f"{name};dur={seconds * 1000:.1f}" for name, seconds in named.items())
