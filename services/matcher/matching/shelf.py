"""Keeps what was read lately, so that demands and profiles that are ranked again and again are read once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

Stored = TypeVar("Stored")
Read = TypeVar("Read")
SIZE = 2048
"""About 60 MB of profiles, or 30 MB of demands."""


@dataclass(frozen=True)
class Found(Generic[Stored, Read]):
    """What a transaction found: some already read, the rest as rows."""

    model_id: str
    read: Sequence[Read]
    rows: Sequence[Stored]


class Shelf(Generic[Stored, Read]):
    """By model, id and version: content under such a key never changes."""

    def __init__(self, read: Callable[[Stored], Read], key: Callable[[Read], tuple[UUID, int]]) -> None:
        self._read, self._key = read, key
        self._kept: OrderedDict[tuple[str, UUID, int], Read] = OrderedDict()

    def have(self, model_id: str, versions: Mapping[UUID, int]) -> dict[UUID, Read]:
        """Those of the wanted versions that are here."""
        keys = {one: (model_id, one, version) for one, version in versions.items()}
        return {one: self._kept[key] for one, key in keys.items() if key in self._kept}

    def filled(self, found: Found[Stored, Read]) -> list[Read]:
        """Everything found, read, in no order; what was not here yet is kept."""
        fresh = [self._read(row) for row in found.rows]
        self._keep(found.model_id, (*found.read, *fresh))
        return [*found.read, *fresh]

    def _keep(self, model_id: str, read: Iterable[Read]) -> None:
        for one in read:
            key = (model_id, *self._key(one))
            self._kept[key] = one
            self._kept.move_to_end(key)
        while len(self._kept) > SIZE:
            self._kept.popitem(last=False)
