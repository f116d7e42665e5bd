"""What the doctor says reads well for people and programs, and its verdict follows from it."""

from datetime import timedelta

import pytest

from common.doctor.checks import skew
from common.doctor.results import Severity, document, fault, is_well, ok, text, unknown, warning

WARNED = [ok("database", "answers"), warning("secrets", "are stored as they are", "set the keys")]


def test_a_service_with_warnings_alone_is_well() -> None:
    assert is_well(WARNED)


@pytest.mark.parametrize("broken", [fault("outbox", "is late", "start it"), unknown("outbox", "no answer", "wait")])
def test_a_service_with_a_fault_or_something_unknown_is_not_well(broken: object) -> None:
    assert not is_well([*WARNED, broken])  # type: ignore[list-item]


def test_people_read_what_to_do_below_what_was_seen() -> None:
    lines = text("notify", [*WARNED, fault("outbox", "is late", "start it")]).splitlines()
    assert lines[0].split() == ["ok", "database", "answers"]
    assert lines[3].split() == ["fault", "outbox", "is", "late"]
    assert lines[4].strip() == "→ start it"
    assert lines[-1] == "notify is not well: 1 of 3 checks failed"


def test_programs_read_the_same() -> None:
    said = document("notify", WARNED)
    assert (said["service"], said["is_well"]) == ("notify", True)
    assert [(each["check"], each["severity"]) for each in said["results"]] == [
        ("database", "ok"),
        ("secrets", "warning"),
    ]


@pytest.mark.parametrize(
    ("ahead_s", "severity"), [(0.5, Severity.OK), (-5, Severity.WARNING), (45, Severity.FAULT), (-45, Severity.FAULT)]
)
def test_clocks_that_differ_are_reported_whichever_is_ahead(ahead_s: float, severity: Severity) -> None:
    assert skew(timedelta(seconds=ahead_s)).severity is severity
