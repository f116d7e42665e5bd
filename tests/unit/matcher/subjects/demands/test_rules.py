"""What the matcher makes of the states of a demand."""

from datetime import UTC, datetime

import pytest

from common.contracts.words import DemandState
from matcher.subjects.demands import rules

NOW = datetime(2026, 5, 1, tzinfo=UTC)
NEVER_SHOWN = {
    DemandState.DRAFT,
    DemandState.SUBMITTED,
    DemandState.UNDER_REVIEW,
    DemandState.EDITS_REQUESTED,
    DemandState.WITHDRAWN,
    DemandState.CANCELLED,
    DemandState.MERGED,
}


def test_every_state_is_shown_or_not() -> None:
    assert {*rules.SHOWN, *NEVER_SHOWN} == set(DemandState)
    assert NEVER_SHOWN.isdisjoint(rules.SHOWN)


@pytest.mark.parametrize("state", DemandState)
def test_only_a_published_demand_takes_matches(state: DemandState) -> None:
    assert rules.is_open(state, None, NOW) == (state is DemandState.PUBLISHED)
