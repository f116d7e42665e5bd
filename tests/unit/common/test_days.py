"""Days as people live them."""

from datetime import UTC, date, datetime

import pytest

from catalog.policies import rules as policies
from catalog.procurements.rules import quarter_of
from common.days import begins_at, day_of
from common.errors import InvalidInput

NEW_YEARS_NIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""Midnight in China."""


def test_a_day_begins_at_midnight_in_china() -> None:
    assert begins_at(date(2027, 1, 1)) == NEW_YEARS_NIGHT
    assert day_of(NEW_YEARS_NIGHT) == date(2027, 1, 1)
    assert day_of(NEW_YEARS_NIGHT.replace(hour=15, minute=59)) == date(2026, 12, 31)


def test_a_quarter_begins_with_its_first_day() -> None:
    assert quarter_of(day_of(NEW_YEARS_NIGHT)) == "2027-Q1"


def test_what_was_issued_today_is_not_issued_tomorrow() -> None:
    policies.refuse_faulty(date(2027, 1, 1), None, NEW_YEARS_NIGHT)
    with pytest.raises(InvalidInput):
        policies.refuse_faulty(date(2027, 1, 2), None, NEW_YEARS_NIGHT)
