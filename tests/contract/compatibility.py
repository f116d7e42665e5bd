"""What a change of an event's schema breaks for whoever reads such events."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

Schema = Mapping[str, Any]
_PLAIN = ("type", "format", "const", "pattern")


def broken(former: Schema, present: Schema) -> list[str]:
    """Why a reader of the former events cannot read the present ones, each with where it is; empty when it can.

    former, present  `types` (address and data of each), and the `schemas` that they name
    """
    faults: list[str] = []
    for name, told in former["types"].items():
        now = present["types"].get(name)
        if now is None:
            faults.append(f"{name}: is not sent any more")
            continue
        if now["address"] != told["address"]:
            faults.append(f"{name}: is sent on {now['address']}, not on {told['address']}")
        faults += _of_schema(_Sides(former, present), told["data"], now["data"], name, frozenset())
    return faults


class _Sides:
    """Both documents, to follow references in."""

    def __init__(self, former: Schema, present: Schema) -> None:
        self._former, self._present = former, present

    def former(self, schema: Schema) -> Schema:
        return _followed(self._former, schema)

    def present(self, schema: Schema) -> Schema:
        return _followed(self._present, schema)


def _followed(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _of_schema(sides: _Sides, old: Schema, new: Schema, at: str, seen: Set[str]) -> Iterator[str]:
    if (name := str(old.get("$ref"))) in seen:
        return
    seen = seen | ({name} if "$ref" in old else set())
    old, new = sides.former(old), sides.present(new)
    if "anyOf" in old or "anyOf" in new:
        yield from _of_choices(sides, old, new, at, seen)
        return
    for word in _PLAIN:
        if old.get(word) != new.get(word):
            yield f"{at}: {word} was {old.get(word)} and is {new.get(word)}"
    yield from _of_fields(sides, old, new, at, seen)
    if isinstance(old.get("items"), Mapping):
        yield from _of_schema(sides, old["items"], new.get("items", {}), f"{at}[]", seen)


def _of_fields(sides: _Sides, old: Schema, new: Schema, at: str, seen: Set[str]) -> Iterator[str]:
    fields = new.get("properties", {})
    for name, schema in old.get("properties", {}).items():
        if name not in fields:
            yield f"{at}.{name}: is not said any more"
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield f"{at}.{name}: may be missing"
        yield from _of_schema(sides, schema, fields[name], f"{at}.{name}", seen)


def _of_choices(sides: _Sides, old: Schema, new: Schema, at: str, seen: Set[str]) -> Iterator[str]:
    """Each kind that may come now must have been one of those that might come."""
    known = old.get("anyOf", [old])
    for choice in new.get("anyOf", [new]):
        if all(list(_of_schema(sides, each, choice, at, seen)) for each in known):
            yield f"{at}: may be {sides.present(choice).get('type')}, which it was not"
