"""What a profile knows of validations: the newest word about each, whatever order they are heard in."""

from uuid import uuid4

from common.clock import now
from common.contracts.validations import ValidationSnapshot
from common.contracts.words import ValidationState
from common.fields import OrganisationKey
from matcher.subjects.profiles import rules

KEY = OrganisationKey(scheme="uscc", code="91370211MA3QDK2Q8B")
ACCEPTED = ValidationSnapshot(
    id=uuid4(),
    version=8,
    state=ValidationState.ACCEPTED,
    owner=KEY,
    owner_name="示例单位",
    host=KEY,
    host_name="测试中心（示例）",
    demand_id=uuid4(),
    profile_id=uuid4(),
    result_sha256="ab" * 32,
    accepted_at=now(),
    figures=(),
)
ANNULLED = ACCEPTED.model_copy(update={"version": 9, "state": ValidationState.ANNULLED})


def test_what_was_annulled_does_not_come_back_with_an_older_event() -> None:
    known = rules.heard({}, ANNULLED)
    assert known is not None
    assert rules.heard(known, ACCEPTED) is None
    assert rules.in_force(known) == []


def test_a_newer_word_replaces_the_one_before() -> None:
    known = rules.heard({}, ACCEPTED)
    assert known is not None
    assert [one["version"] for one in rules.in_force(known)] == [8]
    assert rules.heard(known, ACCEPTED) is None
    later = rules.heard(known, ANNULLED)
    assert later is not None
    assert rules.in_force(later) == []
