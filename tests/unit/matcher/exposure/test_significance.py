"""The tests of chance agree with counting every possibility, and find chance where there is nothing else."""

from itertools import combinations, permutations, product
from math import erfc, log2, sqrt
from statistics import fmean, pvariance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.exposure.significance import RankedGroup, adjusted, expected_shown, exposure, shown_p


def counted_p(rankings: list[RankedGroup]) -> float:
    """By drawing, in every way, who is shown in each: of a pool the first `own` are of the group."""
    ways = [
        [sum(one < each.own for one in drawn) for drawn in combinations(range(each.pool), each.shown)]
        for each in rankings
    ]
    sums = [sum(some) for some in product(*ways)]
    chances = {value: sums.count(value) / len(sums) for value in set(sums)}
    observed = chances.get(sum(len(each.places) for each in rankings), 0.0)
    return min(1.0, sum(chance for chance in chances.values() if chance <= observed * (1 + 1e-9)))


@st.composite
def a_ranking(draw: st.DrawFn) -> RankedGroup:
    pool = draw(st.integers(1, 6))
    own, shown = draw(st.integers(0, pool)), draw(st.integers(0, pool))
    number = draw(st.integers(max(0, own + shown - pool), min(own, shown)))
    return RankedGroup(pool, own, shown, range(1, number + 1))


@settings(max_examples=60)
@given(st.lists(a_ranking(), min_size=1, max_size=3))
def test_the_p_is_that_of_counting_every_draw(rankings: list[RankedGroup]) -> None:
    assert shown_p(rankings) == pytest.approx(counted_p(rankings), abs=1e-9)


def test_a_group_that_is_never_shown_is_unlikely_by_chance() -> None:
    never = [RankedGroup(12, 6, 5, ())] * 6
    assert expected_shown(never) == 15
    assert shown_p(never) < 1e-9
    assert shown_p([RankedGroup(12, 6, 6, (1, 3, 5))] * 6) == pytest.approx(1.0)


def test_exposure_and_its_p_are_those_of_every_order() -> None:
    """A pool of five with two of the group, of whom three are shown; eight such rankings."""
    weights = [1 / log2(1 + place) for place in (1, 2, 3)] + [0.0, 0.0]
    sums = [weights[one] + weights[other] for one, other in permutations(range(5), 2)]
    found = exposure([RankedGroup(5, 2, 3, (1, 2))] * 8)
    assert found.observed == pytest.approx(8 * (weights[0] + weights[1]))
    assert found.expected == pytest.approx(8 * fmean(sums))
    deviation = sqrt(8 * pvariance(sums))
    assert found.p == pytest.approx(erfc((found.observed - found.expected) / deviation / sqrt(2)))


@pytest.mark.parametrize("rankings", [[], [RankedGroup(10, 4, 5, (1, 2))], [RankedGroup(60, 60, 30, range(1, 31))]])
def test_few_numbers_or_no_others_have_no_normal_p(rankings: list[RankedGroup]) -> None:
    assert exposure(rankings).p is None


def test_where_there_is_only_chance_few_are_called_significant() -> None:
    random, exact, placed = np.random.default_rng(7), [], []
    for _ in range(200):
        rankings = []
        for _ in range(20):
            drawn = random.permutation(30)[:10]
            rankings.append(RankedGroup(30, 12, 10, [place for place, one in enumerate(drawn, 1) if one < 12]))
        exact.append(shown_p(rankings))
        placed.append(exposure(rankings).p or 0.0)
    assert np.mean(np.array(exact) < 0.05) < 0.1
    assert 0.01 < np.mean(np.array(placed) < 0.05) < 0.1


def test_several_tests_are_adjusted_step_by_step() -> None:
    assert adjusted([0.01, None, 0.04, 0.03]) == [pytest.approx(0.03), None, pytest.approx(0.06), pytest.approx(0.06)]
    assert adjusted([0.9, 0.8]) == [1.0, 1.0]
