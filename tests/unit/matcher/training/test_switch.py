"""What was learnt is switched to only when it orders held-out demands better, and examples are split by demand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.ranking.ranker import load_ranker
from matcher.evaluation.bootstrap import PairedDifference
from matcher.evaluation.folder import FolderDemand, FolderOffer, Judged
from matcher.fitting.lessons import Lessons
from matcher.training import comparison
from matcher.training.examples import Examples
from matcher.training.refit import chances, learn

BETTER, EQUAL, DOUBTFUL = (
    PairedDifference(0.05, 0.02, 0.08),
    PairedDifference(0.0, 0.0, 0.0),
    PairedDifference(0.01, -0.01, 0.03),
)
WORSE = PairedDifference(-0.01, -0.03, 0.01)


@pytest.mark.parametrize(
    ("ndcg", "rho", "is_better"),
    [
        (BETTER, BETTER, True),
        (BETTER, DOUBTFUL, True),
        (EQUAL, BETTER, True),
        (None, BETTER, True),
        (BETTER, WORSE, False),
        (WORSE, BETTER, False),
        (DOUBTFUL, DOUBTFUL, False),
        (EQUAL, EQUAL, False),
        (None, None, False),
    ],
)
def test_one_figure_must_be_better_beyond_doubt_and_none_worse(
    ndcg: PairedDifference | None, rho: PairedDifference | None, is_better: bool
) -> None:
    assert comparison.is_better({comparison.NDCG: ndcg, comparison.RHO: rho}) is is_better


def test_a_better_likelihood_alone_is_not_better() -> None:
    assert not comparison.is_better({"log_likelihood": BETTER, comparison.NDCG: DOUBTFUL, comparison.RHO: DOUBTFUL})


def test_lessons_that_part_good_from_bad_without_error_are_learnt_and_not_overshot() -> None:
    grades = np.tile(np.arange(4), 80)
    table = np.outer(grades, [0.0, 4.0, 4.0, 0.0, 0.25]) - np.array([0.0, 0.0, 0.0, 3.0, 0.0])
    everyone = np.ones(len(grades))
    lessons = Lessons(table, grades, np.arange(len(grades)) // 8, everyone.astype(bool), everyone)
    used = load_ranker()
    learnt = chances(lessons, learn(lessons, used))
    by_grade = [learnt[grades == grade].mean() for grade in range(4)]
    assert by_grade == sorted(by_grade)
    assert by_grade[0] < 0.2 < 0.8 < by_grade[3]


def judged(demands: list[int], offers: list[int], grades: list[int]) -> Judged:
    return Judged(
        demands=[FolderDemand(f"d{place}", "t", "", (), "zh") for place in range(6)],
        offers=[FolderOffer(f"o{place}", "t", "", (), "zh") for place in range(6)],
        demand_of=np.array(demands, dtype=np.int64),
        offer_of=np.array(offers, dtype=np.int64),
        grades=np.array(grades, dtype=np.int64),
        digest="",
    )


PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30)
CHOSEN = st.lists(st.booleans(), min_size=6, max_size=6)


def told(examples: Examples) -> list[tuple[str, str, int, float]]:
    found = examples.judged
    rows = zip(found.demand_of, found.offer_of, found.grades, examples.weights, strict=True)
    return [(found.demands[d].id, found.offers[o].id, int(grade), float(weight)) for d, o, grade, weight in rows]


@given(PAIRS, CHOSEN)
def test_a_split_by_demand_parts_the_pairs_and_leaves_none_out(
    pairs: list[tuple[int, int, int]], chosen: list[bool]
) -> None:
    demands, offers, grades = map(list, zip(*pairs, strict=True))
    everything = Examples(judged(demands, offers, grades), np.arange(1.0, len(pairs) + 1.0))
    one, other = everything.of(np.array(chosen)), everything.of(~np.array(chosen))
    assert sorted(told(one) + told(other)) == sorted(told(everything))
    assert not {row[0] for row in told(one)} & {row[0] for row in told(other)}


@given(PAIRS, CHOSEN)
def test_a_part_holds_no_demand_and_no_offer_that_nobody_judged(
    pairs: list[tuple[int, int, int]], chosen: list[bool]
) -> None:
    demands, offers, grades = map(list, zip(*pairs, strict=True))
    part = Examples(judged(demands, offers, grades), np.ones(len(pairs))).of(np.array(chosen)).judged
    assert sorted(set(part.demand_of.tolist())) == list(range(len(part.demands)))
    assert sorted(set(part.offer_of.tolist())) == list(range(len(part.offers)))
