"""What differs between two published lists: entries added, removed and changed, and what is said of the list itself."""

from collections.abc import Mapping
from typing import Any

from catalog.history.rules import differences
from catalog.lists.document import Document

TERMS = ("year", "batch", "edition", "title", "note", "owner_name", "reason")


def compared(before: Document, after: Document) -> dict[str, Any]:
    """The difference from one list to another, entries by their demands, in the order of the list they stand in.

    An entry that only changed its place is not among those changed; `is_reordered` says whether those in both lists
    follow each other otherwise than before.
    """
    old, new = _by_demand(before), _by_demand(after)
    both = [one for one in new if one in old]
    changed = [(new[one], differences(old[one], new[one])) for one in both]
    return {
        "terms": differences(*({name: text[name] for name in TERMS} for text in (before, after))),
        "added": [_named(new[one]) for one in new if one not in old],
        "removed": [_named(old[one]) for one in old if one not in new],
        "changed": [{**_named(entry), "changes": changes} for entry, changes in changed if changes],
        "is_reordered": both != [one for one in old if one in new],
    }


def _by_demand(document: Document) -> dict[str, Mapping[str, Any]]:
    return {entry["demand_id"]: entry for entry in document["entries"]}


def _named(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("demand_id", "demand_version", "title", "owner_name")}
