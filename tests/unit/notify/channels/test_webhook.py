"""How often a webhook is written to."""

import pytest

from notify.channels.webhook import pace_of


@pytest.mark.parametrize("per_minute", [1, 11, 24, 60, 600])
def test_no_minute_sees_more_requests_than_were_set(per_minute: int) -> None:
    pace = pace_of(per_minute)
    one_by_one = [number * pace.interval_s for number in range(1, per_minute)]
    assert pace.burst + sum(at < 60 - 1e-6 for at in one_by_one) == per_minute
