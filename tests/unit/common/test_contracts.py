"""What an event may hold when it is written, and when it is read."""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from common.contracts.asyncapi import document
from common.contracts.catalog import DemandPublished, DemandSnapshot
from common.contracts.clauses import ClauseKind, Comparison
from common.contracts.envelope import Event
from common.contracts.events import EVENTS
from common.contracts.matcher import Band, MatchComputed, Outcome
from common.contracts.words import DemandKind, DemandState, Domain
from common.vocabulary import Vocabulary
from tests.integration.notify.matches import a_match
from tests.support.later import with_unknown_fields, with_unknown_words

ASKED = TypeAdapter(Domain)
DEMAND = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "version": 1,
    "kind": "scenario",
    "state": "published",
    "owner": {"scheme": "uscc", "code": "91370200264574251P"},
    "owner_name": "示例港口集团",
    "title": "箱体识别",
    "need": "识别箱体",
}
SAID = MatchComputed(match=a_match()).model_dump(mode="json")


def test_fields_that_are_not_known_are_left_aside_at_any_depth() -> None:
    assert MatchComputed.read(with_unknown_fields(SAID)).model_dump(mode="json") == SAID


def test_what_is_written_has_no_field_that_the_contract_does_not_name() -> None:
    with pytest.raises(ValidationError):
        MatchComputed.model_validate(with_unknown_fields(SAID))


def test_what_is_missing_or_wrong_is_refused_all_the_same() -> None:
    for wrong in ({}, {"match": SAID["match"] | {"fit": 101}}):
        with pytest.raises(ValidationError):
            MatchComputed.read(with_unknown_fields(wrong))


def test_the_event_document_refuses_no_field_and_no_word_of_a_later_version() -> None:
    assert '"additionalProperties": false' not in json.dumps(document())
    assert '"enum"' not in json.dumps(document())


def test_a_word_that_is_not_known_is_kept_as_it_is() -> None:
    later = with_unknown_words(SAID)
    read = MatchComputed.read(later)
    assert later["match"]["band"] != SAID["match"]["band"]
    assert read.model_dump(mode="json") == later
    assert not read.match.band.is_known
    assert MatchComputed.read(read.model_dump_json()) == read


def test_a_clause_compared_in_a_way_that_is_not_known_is_read_by_its_words() -> None:
    said = {"kind": "performance", "text": "约十个", "operator": "about", "value": 10, "upper": 12, "unit": "个"}
    told = DemandSnapshot.read({**DEMAND, "clauses": [said]})
    [clause] = told.clauses
    assert (clause.text, clause.operator, clause.value, clause.upper) == ("约十个", None, None, None)


def test_a_demand_of_before_says_whether_it_is_open_by_its_state() -> None:
    assert DemandSnapshot.read(DEMAND).is_open
    assert not DemandSnapshot.read({**DEMAND, "state": "closed"}).is_open
    assert DemandSnapshot.read({**DEMAND, "state": "piloted", "is_open": True}).is_open
    assert not DemandSnapshot.read({**DEMAND, "state": "piloted"}).is_open


def test_a_request_may_say_a_chinese_word_in_english() -> None:
    assert ASKED.validate_python("port") is ASKED.validate_python("智慧港口") is Domain.PORT
    for wrong in ("Port", "spaceport", 1, None):
        with pytest.raises(ValidationError):
            ASKED.validate_python(wrong)


def test_a_refused_word_is_told_the_names_in_both_languages() -> None:
    with pytest.raises(ValidationError, match=r"智慧港口 \(port\)"):
        ASKED.validate_python("spaceport")


@pytest.mark.parametrize("event", EVENTS)
def test_every_enumeration_of_an_event_may_have_words_that_are_not_known(event: type[Event]) -> None:
    """The state of a demand, kinds, outcomes: a closed enumeration would make an older reader put the event back."""
    assert {each for each in enumerations(event) if not issubclass(each, Vocabulary)} == set()


def enumerations(kind: Any) -> Iterator[type[Enum]]:
    """Those in the fields of a model, at any depth."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield kind
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for field in kind.model_fields.values():
            yield from enumerations(field.annotation)
    for part in get_args(kind):
        yield from enumerations(part)


def test_the_enumerations_of_events_are_found_at_any_depth() -> None:
    assert {DemandState, DemandKind, Domain, ClauseKind, Comparison} <= set(enumerations(DemandPublished))
    assert {Band, Outcome} <= set(enumerations(MatchComputed))


def test_a_state_that_is_not_known_is_kept_as_it_is() -> None:
    told = DemandSnapshot.read({**DEMAND, "state": "piloted", "is_open": True})
    assert (told.state, told.state.is_known, told.is_open) == ("piloted", False, True)
    assert DemandSnapshot.read(told.model_dump_json()) == told
