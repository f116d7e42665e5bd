"""What was made once and stays true: the bytes that a version of something has in a reply."""

from collections import OrderedDict
from collections.abc import Hashable, Sized
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Content = TypeVar("Content", bound=Sized)
ENTRY_BYTES = 400
"""Memory that an entry takes beside its bytes, about."""


class Kept(Generic[Key, Content]):
    """The least lately used go when there are more than `most` bytes; the length of a content is its bytes.

    Key and content together must name all that the bytes depend on. That they are the present ones is for the database
    to say, each time: other processes change what they name.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Key, Content] = OrderedDict()

    def get(self, key: Key) -> Content | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, content: Content) -> None:
        former = self._kept.pop(key, None)
        self._size += len(content) + ENTRY_BYTES - (len(former) + ENTRY_BYTES if former is not None else 0)
        self._kept[key] = content
        while self._size > self._most:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped) + ENTRY_BYTES
