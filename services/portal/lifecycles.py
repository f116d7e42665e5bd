"""Which steps are possible: the services' own tables of moves, as `make docs` writes them down."""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("lifecycles.json")


@cache
def _moves() -> dict[str, list[tuple[str, str, frozenset[str]]]]:
    table: dict[str, list[list[str]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return {noun: [(state, action, frozenset(by)) for state, action, *by in moves] for noun, moves in table.items()}


def possible(noun: str, state: str, parties: Collection[str]) -> list[str]:
    """What somebody who is any of these parties may do with a noun, such as `catalog/demands`, in a state."""
    return [action for at, action, by in _moves()[noun] if at == state and not by.isdisjoint(parties)]
