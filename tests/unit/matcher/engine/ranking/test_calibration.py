"""Chances are chances, and how far they can be trusted is told truly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.ranking.calibration import Step, chances, expected_error, reliability

finite = st.floats(-50, 50)
steps = st.tuples(*[st.builds(Step, st.floats(0.01, 5), finite)] * 3)


@given(st.lists(finite, min_size=1, max_size=20), steps)
def test_a_higher_grade_is_never_likelier_than_a_lower_one(scores: list[float], upward: tuple[Step, ...]) -> None:
    found = chances(np.array(scores), upward)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=1) <= 0).all()


@given(finite, finite, steps)
def test_a_higher_score_never_lowers_a_chance(one: float, other: float, upward: tuple[Step, ...]) -> None:
    low, high = chances(np.array(sorted((one, other))), upward)
    assert (high >= low).all()


def test_promises_that_are_kept_have_no_error() -> None:
    promised = np.repeat([0.25, 0.75], 400)
    happened = np.concatenate([np.arange(400) % 4 == 0, np.arange(400) % 4 != 0])
    assert expected_error(promised, happened) == pytest.approx(0.0)


def test_a_promise_that_is_missed_by_a_fifth_has_an_error_of_a_fifth() -> None:
    promised, happened = np.full(100, 0.7), np.arange(100) < 50
    assert expected_error(promised, happened) == pytest.approx(0.2)
    [cell] = reliability(promised, happened)
    assert (cell.count, cell.observed) == (100, 0.5)
    assert cell.promised == pytest.approx(0.7)


def test_certainty_has_a_place_in_the_table() -> None:
    cells = reliability(np.array([0.0, 1.0]), np.array([False, True]))
    assert [(cell.count, cell.observed) for cell in cells] == [(1, 0.0), (1, 1.0)]


def test_no_pairs_no_error() -> None:
    assert expected_error(np.empty(0), np.empty(0, dtype=bool)) == 0.0
