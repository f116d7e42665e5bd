"""Intervals of shares."""

import pytest

from common.intervals import wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"), [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763)]
)
def test_a_share_of_few_has_a_wide_interval(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=0.001)
