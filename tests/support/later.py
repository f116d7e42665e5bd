"""Events as a later version of their service would say them."""

from typing import Any

MAPS = {"quoted"}
"""Objects whose names are data, each with a text."""


def with_unknown_fields(said: Any) -> Any:
    """The same JSON, with a field that nobody knows yet in every object, at any depth."""
    if isinstance(said, dict):
        known = {name: each if name in MAPS else with_unknown_fields(each) for name, each in said.items()}
        return known | {"known_later": {"to": "others"}}
    if isinstance(said, list):
        return [with_unknown_fields(each) for each in said]
    return said


WORDS = {
    "kind": "known_later",
    "demand_kind": "known_later",
    "offer_kind": "known_later",
    "domain": "后来的领域",
    "band": "后来的档",
    "outcome": "known_later",
}


def with_unknown_words(said: Any) -> Any:
    """The same JSON, with a word that nobody knows yet wherever one of a vocabulary stands."""
    if isinstance(said, dict):
        return {name: WORDS.get(name) or with_unknown_words(each) for name, each in said.items()}
    if isinstance(said, list):
        return [with_unknown_words(each) for each in said]
    return said
