"""Changes one place of a copy of the manifests, so that a check can be seen to fail."""

from collections.abc import Sequence
from typing import Any

from tests.support.kubernetes.manifests import Manifest, find


class _Gone:
    def __str__(self) -> str:
        return "gone"  # names of tests hold it, and must be the same in every process


GONE = _Gone()
"""The value of a member that is to be taken away."""


def put(manifests: list[Manifest], name: str, path: str, value: Any) -> None:
    """Set `path` (members and numbers with dots between) of the object `name`, such as `Deployment catalog-serve`."""
    kind, _, own = name.partition(" ")
    place: Any = find(manifests, kind, own)
    assert place is not None, f"no {name}"
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in way:
        place = place[part]
    if value is GONE:
        del place[last]
    else:
        place[last] = value


def drop(manifests: list[Manifest], name: str) -> None:
    kind, _, own = name.partition(" ")
    manifests.remove(found := find(manifests, kind, own) or {})
    assert found


def seen(faults: Sequence[str], words: str) -> bool:
    """Whether one of the faults says so."""
    return any(words in fault for fault in faults)
