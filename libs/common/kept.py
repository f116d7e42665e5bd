"""Bytes that were made once and stay true: what a version of something looks like in a reply."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
ENTRY_BYTES = 400
"""Memory that an entry takes beside its bytes, about."""


class KeptBytes(Generic[Key]):
    """The least lately used go when there are more than `most` bytes.

    A key must name all that the bytes depend on. That a key is the present one is for the database to say, each time:
    other processes change what it names.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, content: bytes) -> None:
        former = self._kept.pop(key, None)
        self._size += len(content) + ENTRY_BYTES - (len(former) + ENTRY_BYTES if former is not None else 0)
        self._kept[key] = content
        while self._size > self._most:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped) + ENTRY_BYTES
