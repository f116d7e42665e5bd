"""Events as a later version of their service would say them."""

from typing import Any


def with_unknown_fields(said: Any) -> Any:
    """The same JSON, with a field that nobody knows yet in every object, at any depth."""
    if isinstance(said, dict):
        return {name: with_unknown_fields(each) for name, each in said.items()} | {"known_later": {"to": "others"}}
    if isinstance(said, list):
        return [with_unknown_fields(each) for each in said]
    return said
