"""Published events go on being readable by those who read them when they were published."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from common.contracts import asyncapi
from tests.contract.compatibility import broken
from tests.contract.documents import ROOT

PUBLISHED = sorted((ROOT / "docs" / "events").glob("v*.json"))
Change = Callable[[dict[str, Any]], object]


def present() -> dict[str, Any]:
    """The events as they are, in the form of what was published."""
    whole = asyncapi.document()
    types = {
        message["name"]: {
            "address": whole["channels"][message["name"]]["address"],
            "data": {"$ref": f"#/components/schemas/{name}"},
        }
        for name, message in whole["components"]["messages"].items()
    }
    return {"types": types, "schemas": whole["components"]["schemas"]}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_no_change_breaks_a_published_event(path: Any) -> None:
    assert broken(json.loads(path.read_text()), present()) == [], (
        "who reads this event now could not read it after your change; add a field or a new type of event instead"
    )


def _match(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["schemas"]["MatchSnapshot"]
    return schema


BREAKING: dict[str, Change] = {
    "a type that is gone": lambda document: document["types"].pop("notify.match.notified"),
    "another address": lambda document: document["types"]["matcher.match.computed"].update(address="elsewhere"),
    "a field that is gone": lambda document: _match(document)["properties"].pop("fit"),
    "a field that may be missing": lambda document: _match(document)["required"].remove("id"),
    "another type": lambda document: _match(document)["properties"]["fit"].update(type="string"),
    "another format": lambda document: _match(document)["properties"]["id"].pop("format"),
    "null where there was none": lambda document: _match(document)["properties"].update(
        demand_title={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
}
HARMLESS: dict[str, Change] = {
    "a new type": lambda document: document["types"].update(new={"address": "new", "data": {"type": "object"}}),
    "a new field": lambda document: _match(document)["properties"].update(later={"type": "string"}),
    "a field that is always there now": lambda document: _match(document)["required"].append("summary"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_refused(name: str) -> None:
    later = copy.deepcopy(present())
    BREAKING[name](later)
    assert broken(present(), later)


@pytest.mark.parametrize("name", HARMLESS)
def test_an_addition_is_not(name: str) -> None:
    later = copy.deepcopy(present())
    HARMLESS[name](later)
    assert broken(present(), later) == []
