"""The table of what desks show says what the services say: operations, fields, states, parties, a word for each."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from portal import lifecycles
from portal.api import operations
from portal.languages import catalogue
from portal.sessions import Session
from portal.work import answers, queues
from portal.work.nouns import WorkNoun, desks, nouns
from tests.contract.lifecycles import lifecycles as all_lifecycles

CONTRACTS = Path(__file__).parents[2] / "contract" / "openapi"
LIVES = all_lifecycles()
STEPS = [(noun, action) for noun in nouns().values() for action in noun.actions]
MEMBER = Session("token", "uscc", "X1", "某港口", ("list_editor", "enterprise"), 0)
MINE = {"scheme": "uscc", "code": "X1"}


def _body(operation: str) -> dict[str, Any]:
    """The schema of what an operation takes; empty for none."""
    service, _, name = operation.partition(".")
    document = json.loads((CONTRACTS / f"{service}.json").read_text())
    found = next(
        each for path in document["paths"].values() for each in path.values() if each.get("operationId") == name
    )
    named = re.search(r"#/components/schemas/(\w+)", json.dumps(found.get("requestBody", {})))
    return document["components"]["schemas"][named[1]] if named else {}


@pytest.mark.parametrize("noun", nouns().values(), ids=list(nouns()))
def test_a_noun_is_as_its_life_cycle_has_it(noun: WorkNoun) -> None:
    life = LIVES[noun.life]
    assert {noun.listing, noun.read, noun.steps or noun.read} <= operations().keys()
    assert noun.actions.keys() <= {*life.actions}
    assert noun.waits.keys() <= {*life.states}
    assert {wait.party for wait in noun.waits.values()} - {queues.ANY} <= {*life.parties}


@pytest.mark.parametrize(("noun", "action"), STEPS, ids=[f"{noun.name}-{action}" for noun, action in STEPS])
def test_a_step_asks_for_what_its_operation_takes(noun: WorkNoun, action: str) -> None:
    step = noun.actions[action]
    schema = _body(step.operation)
    asked = {field.name for field in step.fields} | step.says.keys()
    assert asked <= schema.get("properties", {}).keys()
    assert {*schema.get("required", ())} <= {field.name for field in step.fields if field.is_needed} | step.says.keys()
    assert {field.kind for field in step.fields} <= answers.KINDS.keys()


@pytest.mark.parametrize("noun", nouns().values(), ids=list(nouns()))
def test_all_that_is_shown_has_a_name(noun: WorkNoun) -> None:
    names = [name for name, _ in noun.facts] + [field.name for step in noun.actions.values() for field in step.fields]
    unnamed = [name for name in names if f"field.{name}" not in catalogue("zh")]
    assert [name for name in unnamed if name not in ("value", "key_id")] == []


def test_a_member_is_what_the_record_and_its_role_make_it() -> None:
    lists, pilots = nouns()["lists"], nouns()["pilots"]
    assert lists.held(MEMBER, {"owner": MINE}) == ["editor"]
    assert lists.held(MEMBER, {"owner": {**MINE, "code": "X2"}}) == []
    assert pilots.held(MEMBER, {"owner": {**MINE, "code": "X2"}}) == ["base"]


def test_the_steps_of_a_record_are_those_of_its_state_and_of_what_the_api_allows() -> None:
    record = {"owner": MINE, "state": "frozen"}
    assert nouns()["lists"].possible(MEMBER, record) == ["publish", "cancel"]
    assert nouns()["lists"].possible(MEMBER, {**record, "allowed": ["cancel"]}) == ["cancel"]


def test_a_desk_is_of_the_roles_of_a_member() -> None:
    assert next(iter(desks(MEMBER))) == "lists"
    assert "pilots" in desks(MEMBER)
    assert "objections" not in desks(MEMBER)


def test_a_word_of_a_life_cycle_is_said_in_both_languages() -> None:
    said = [lifecycles.called(language, "catalog/lists", "state.frozen") for language in ("zh", "en")]
    assert said == [LIVES["catalog/lists"].states["frozen"], "Frozen"]
    assert lifecycles.called("zh", "catalog/lists", "state.suspended") == "suspended"
