"""A cache of computed results that holds at most so many bytes, however long the texts are that it is asked about."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class ByteBoundedCache(Generic[Key, Value]):
    """`compute` with its latest results kept, at most `most_bytes` of them as `size_of` estimates keys and values.

    Two generations: results go to the young one; when that has half of the bytes, it becomes the old one and the former
    old one is dropped. What is asked for again moves to the young one. A result larger than a generation is not kept.
    Calls from several threads may compute a result twice, and never see a wrong one.
    """

    def __init__(
        self, compute: Callable[[Key], Value], *, size_of: Callable[[Key, Value], int], most_bytes: int
    ) -> None:
        self._compute, self._size_of, self._half = compute, size_of, most_bytes // 2
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}
        self._young_bytes = self._old_bytes = 0

    def __call__(self, key: Key) -> Value:
        """The result for `key`. O(1) when it is kept."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                found = self._compute(key)
            self._keep(key, found)
        return found

    @property
    def held_bytes(self) -> int:
        """The estimated size of everything kept."""
        return self._young_bytes + self._old_bytes

    def _keep(self, key: Key, value: Value) -> None:
        size = self._size_of(key, value)
        if size > self._half:
            return
        if self._young_bytes + size > self._half:
            self._old, self._old_bytes = self._young, self._young_bytes
            self._young, self._young_bytes = {}, 0
        self._young[key] = value
        self._young_bytes += size


def text_size(text: str) -> int:
    """Bytes that a string takes: 49 to 80 for itself, then 1 to 4 for each character."""
    return 80 + 4 * len(text)
