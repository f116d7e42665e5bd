"""What changed between two public texts of something."""

from collections.abc import Iterator, Mapping
from typing import Any

UNTOLD = frozenset({"version", "state", "updated_at", "created_at", "published_at", "amendment_reason", "state_reason"})
"""Fields that follow from a change rather than being what was changed."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs, in the order of the text: where (a JSON Pointer as a URI fragment), and what stood there before and
    stands there now; null is nothing.

    Objects are compared member by member and lists place by place, so an entry put first changes all that follow.
    """
    told = [name for name in after if name not in UNTOLD]
    return [change for name in told for change in _between(f"#/{name}", before.get(name), after[name])]


def _between(pointer: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from _between(f"{pointer}/{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            yield from _between(f"{pointer}/{place}", _at(before, place), _at(after, place))
    elif before != after:
        yield {"pointer": pointer, "before": before, "after": after}


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None
