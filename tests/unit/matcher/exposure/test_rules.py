"""No group of too few organisations is shown, nor what is left when the others are taken from the total."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.words import OwnershipForm, SizeClass
from matcher.exposure import rules
from matcher.exposure.rules import LABELS_ZH, MERGED, Quarter


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.sets(st.integers(0, 12)), max_size=7))
def test_every_group_that_is_shown_has_enough_organisations(members: dict[str, set[int]]) -> None:
    names = rules.shown_as(members, 4)
    if names is None:
        assert any(len(some) < 4 for some in members.values())
        assert len(set().union(*members.values())) < 4
        return
    assert names.keys() == members.keys()
    shown: dict[str, set[int]] = {}
    for group, name in names.items():
        assert name in (group, MERGED)
        shown.setdefault(name, set()).update(members[group])
    assert all(len(some) >= 4 for some in shown.values())


def test_groups_of_enough_stay_as_they_are() -> None:
    members = {"private": {1, 2, 3}, "foreign": {4, 5}, "unknown": {6}}
    assert rules.shown_as(members, 3) == {"private": "private", "foreign": MERGED, "unknown": MERGED}
    assert rules.shown_as(members, 1) == {name: name for name in members}


def test_one_small_group_takes_the_next_with_it() -> None:
    """Alone it would be the difference between the total and the others."""
    members = {"private": {1, 2, 3, 4}, "foreign": {5, 6, 7}, "mixed": {8}}
    assert rules.shown_as(members, 3) == {"private": "private", "foreign": MERGED, "mixed": MERGED}


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), "2026-Q3"),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), "2026-Q4"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-Q1"),
    ],
)
def test_a_quarter_begins_at_midnight_in_china(moment: datetime, said: str) -> None:
    found = rules.quarter_of(moment)
    assert (str(found), rules.quarter(said)) == (said, found)
    assert found.begins_at <= moment < found.ends_at


def test_quarters_follow_each_other() -> None:
    assert Quarter(2026, 4).next == Quarter(2027, 1)
    assert Quarter(2026, 4).ends_at == Quarter(2027, 1).begins_at


def test_every_group_has_a_name_in_chinese() -> None:
    assert {*OwnershipForm, *SizeClass, rules.UNKNOWN, MERGED} == LABELS_ZH.keys()
