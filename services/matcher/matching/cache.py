"""Keeps what was read lately, so that demands and profiles that are ranked again and again are read once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

Stored = TypeVar("Stored")
Read = TypeVar("Read")
SIZE = 2048
BYTES = 128 << 20
"""The most that is kept, in entries and in bytes as they are estimated with all that will be read of their words."""


@dataclass(frozen=True)
class Found(Generic[Stored, Read]):
    """What a transaction found: some already read, the rest as rows."""

    model_id: str
    read: Sequence[Read]
    rows: Sequence[Stored]


class Shelf(Generic[Stored, Read]):
    """The newest version read of each, by model and id."""

    def __init__(
        self, read: Callable[[Stored], Read], identity: Callable[[Read], UUID], size_of: Callable[[Read], int]
    ) -> None:
        self._read, self._identity, self._size_of = read, identity, size_of
        self._kept: OrderedDict[tuple[str, UUID], Read] = OrderedDict()
        self._bytes = 0

    def known(self, model_id: str, ids: Sequence[UUID]) -> dict[UUID, Read]:
        """Those that are here, in whatever version."""
        # Looked up once each: what is there now may be dropped by the judge's thread a moment later.
        found = ((one, self._kept.get((model_id, one))) for one in ids)
        return {one: read for one, read in found if read is not None}

    def filled(self, found: Found[Stored, Read]) -> list[Read]:
        """Everything found, read, in no order; what was not here yet is kept."""
        fresh = [self._read(row) for row in found.rows]
        self._keep(found.model_id, (*found.read, *fresh))
        return [*found.read, *fresh]

    def _keep(self, model_id: str, read: Iterable[Read]) -> None:
        for one in read:
            key = (model_id, self._identity(one))
            former = self._kept.pop(key, None)
            self._bytes += self._size_of(one) - (self._size_of(former) if former is not None else 0)
            self._kept[key] = one
        while len(self._kept) > SIZE or self._bytes > BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= self._size_of(dropped)
