"""Figures of a ranking, against values worked out by hand and against independent implementations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr  # type: ignore[import-untyped]
from sklearn.metrics import ndcg_score

from matcher.evaluation import bootstrap, metrics
from matcher.evaluation.bm25 import Bm25


@dataclass
class Pairs:
    """One demand unless told otherwise; offers numbered as they come."""

    grades: np.ndarray
    demand_of: np.ndarray
    offer_of: np.ndarray
    demand_count: int


def pairs(*grades: Sequence[int]) -> Pairs:
    flat = np.array([grade for one in grades for grade in one])
    of = np.repeat(np.arange(len(grades)), [len(one) for one in grades])
    return Pairs(flat, of, np.arange(len(flat)), len(grades))


def test_the_best_order_has_a_gain_of_one_and_no_gain_is_left_out() -> None:
    found = metrics.ndcg(pairs([3, 0, 1], [0, 0]), np.array([9.0, 1.0, 5.0, 2.0, 1.0]))
    assert found[0] == 1.0
    assert np.isnan(found[1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), min_size=2, max_size=25).filter(lambda r: any(r)))
def test_the_gain_is_what_scikit_learn_says(rows: list[tuple[int, int]]) -> None:
    grades, scores = np.array(rows).T
    [mine] = metrics.ndcg(pairs(grades.tolist()), scores.astype(float))
    if grades.any():
        assert mine == pytest.approx(ndcg_score([2.0**grades - 1], [scores], k=10))


def test_equal_scores_earn_what_any_order_would_earn_on_average() -> None:
    judged = pairs([3, 1, 0])
    [tied] = metrics.ndcg(judged, np.zeros(3))
    orders = [metrics.ndcg(judged, np.array(order, dtype=float))[0] for order in permutations(range(3))]
    assert tied == pytest.approx(np.mean(orders))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=3, max_size=25))
def test_the_rank_correlation_is_spearmans(rows: list[tuple[int, int]]) -> None:
    grades, scores = np.array(rows).T
    [mine] = metrics.rank_correlation(pairs(grades.tolist()), scores.astype(float))
    if len(set(grades)) == 1:
        assert np.isnan(mine)
    elif len(set(scores)) == 1:
        assert mine == 0.0
    else:
        assert mine == pytest.approx(spearmanr(grades, scores).statistic)


def test_recall_counts_relevant_offers_of_the_whole_pool_and_leaves_out_who_has_none() -> None:
    judged = pairs([2, 3, 1, 0], [1, 0])
    first = [np.array([7, 1, 9]), np.array([4, 5])]
    np.testing.assert_array_equal(metrics.recall(judged, first, depth=3), [0.5, np.nan])
    np.testing.assert_array_equal(metrics.recall(judged, first, depth=1), [0.0, np.nan])


def test_a_system_differs_from_itself_by_nothing() -> None:
    values = np.array([0.1, 0.5, np.nan])
    assert bootstrap.paired(values, values) == bootstrap.PairedDifference(0.0, 0.0, 0.0)


def test_the_interval_lies_around_the_difference_and_is_always_the_same() -> None:
    noise = np.random.default_rng(0).normal(0.1, 0.3, 200)
    found = bootstrap.paired(noise, np.zeros(200))
    assert found is not None
    assert found.low < found.delta < found.high
    assert found.high - found.low == pytest.approx(4 * 0.3 / 200**0.5, rel=0.15)
    assert found == bootstrap.paired(noise, np.zeros(200))


def test_demands_that_either_figure_leaves_out_are_not_compared() -> None:
    assert bootstrap.paired(np.array([np.nan, 1.0]), np.array([1.0, np.nan])) is None


def test_words_find_the_text_that_shares_the_rarer_of_them() -> None:
    scores = Bm25(["港口集装箱识别", "港口服务", "港口物流", "蔬菜种植"]).scores("港口集装箱")
    assert scores.argmax() == 0
    assert scores[1] > scores[3] == 0.0


def test_words_of_an_empty_pool_find_nothing() -> None:
    assert Bm25([]).scores("港口").shape == (0,)
    assert Bm25(["", ""]).scores("港口").tolist() == [0.0, 0.0]
