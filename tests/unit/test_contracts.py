"""What an event may hold when it is written, and when it is read."""

import json

import pytest
from pydantic import ValidationError

from common.contracts.asyncapi import document
from common.contracts.matcher import MatchComputed
from tests.integration.notify.matches import a_match
from tests.support.later import with_unknown_fields

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


def test_the_event_document_refuses_no_field_of_a_later_version() -> None:
    assert '"additionalProperties": false' not in json.dumps(document())
