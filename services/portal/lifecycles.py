"""Which steps are possible, and what they are called: the services' own tables, as `make docs` writes them down."""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("lifecycles.json")
WORDS = Path(__file__).with_name("lifecycle_words.json")
PLACES = {"en": 0, "zh": 1}
"""Where each language stands in a row of the words."""


@cache
def _moves() -> dict[str, list[tuple[str, str, frozenset[str]]]]:
    table: dict[str, list[list[str]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return {noun: [(state, action, frozenset(by)) for state, action, *by in moves] for noun, moves in table.items()}


def possible(noun: str, state: str, parties: Collection[str]) -> list[str]:
    """What somebody who is any of these parties may do with a noun, such as `catalog/demands`, in a state."""
    return [action for at, action, by in _moves()[noun] if at == state and not by.isdisjoint(parties)]


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return found


def called(language: str, noun: str, name: str = "noun") -> str:
    """What a noun is called, or of it `state.open`, `action.submit`, `party.owner`; a code that only a later version
    knows, itself."""
    return _words()[noun].get(name, [name.partition(".")[2]] * 2)[PLACES[language]]
