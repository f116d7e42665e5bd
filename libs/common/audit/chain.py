"""What the chain says of an entry: SHA-256 over the canonical JSON of its content, its place and the digest before."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from common.canonical import digest

GENESIS = "0" * 64
"""The digest before the first entry."""


class ChainHead(NamedTuple):
    """A place in the chain and the digest there: whoever keeps one can tell later whether anything up to it changed."""

    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


START = ChainHead(0, GENESIS)


def head_of(written: str) -> ChainHead:
    """The head that `str` wrote. Raises ValueError for anything else."""
    position, _, hexadecimal = written.partition(":")
    if not position.isdecimal() or len(bytes.fromhex(hexadecimal)) != len(GENESIS) // 2:
        raise ValueError(f"{written!r} is no anchor: give POSITION:DIGEST as `audit anchor` prints it")
    return ChainHead(int(position), hexadecimal.lower())


def linked(before: ChainHead, entry: Mapping[str, Any]) -> ChainHead:
    """The head once the entry is put behind what there is. Columns that are NULL do not count: one that is added to the
    table later changes no digest."""
    content = {name: _plain(value) for name, value in entry.items() if value is not None}
    position = before.position + 1
    return ChainHead(position, digest({"position": position, "previous": before.digest, "entry": content}))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value
