"""Coefficients are learnt from judged pairs, kept near those in use, and taken only when they are better."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from common.contracts.matcher import Band
from matcher.coefficients import document
from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import Step, chances
from matcher.engine.ranking.ranker import SHIPPED, Logit, load_ranker
from matcher.fitting import logistic
from matcher.fitting.lessons import Lessons, lessons
from matcher.training import rarity
from matcher.training.refit import _held_out, refit

SHIPPED_RANKER = load_ranker()
ONLY_WORDS = Logit((0.0, 0.0, 0.0, 0.0, 25.0), SHIPPED_RANKER.same_language.steps)


def drawn(truth: Logit, *, demands: int, seed: int = 1) -> Lessons:
    """Ten pairs of each demand, graded as `truth` would have it."""
    random = np.random.default_rng(seed)
    count = demands * 10
    table = np.column_stack(
        [*random.normal(np.array([[1.0], [1.5], [1.5], [-2.0]]), 1.2, (4, count)), random.exponential(0.06, count)]
    )
    grades = (random.random((count, 1)) < truth.chances(table)).sum(axis=1)
    return Lessons(table, grades, np.repeat(np.arange(demands), 10), np.ones(count, dtype=bool), np.ones(count))


def test_what_graded_the_pairs_is_found_again() -> None:
    truth = SHIPPED_RANKER.same_language
    learnt = logistic.fit(drawn(truth, demands=3_000))
    fresh = drawn(truth, demands=100, seed=2).table
    np.testing.assert_allclose(learnt.chances(fresh), truth.chances(fresh), atol=0.08)


def test_a_figure_that_is_not_used_weighs_nothing() -> None:
    learnt = logistic.fit(drawn(SHIPPED_RANKER.same_language, demands=100), features.WITHOUT_SHARED_LANGUAGE)
    assert learnt.weights[features.NAMES.index("words")] == 0.0


def test_without_lessons_the_prior_stays() -> None:
    told = drawn(ONLY_WORDS, demands=1)
    prior = SHIPPED_RANKER.same_language
    learnt = logistic.fit(told.where(np.zeros(len(told), dtype=bool)), prior=prior)
    np.testing.assert_allclose(learnt.weights, prior.weights)
    for step, before in zip(learnt.steps, prior.steps, strict=True):
        assert dataclasses.astuple(step) == pytest.approx(dataclasses.astuple(before))


def test_more_lessons_move_further_from_the_prior() -> None:
    words = features.NAMES.index("words")
    few, many = (
        logistic.fit(drawn(ONLY_WORDS, demands=demands), prior=SHIPPED_RANKER.same_language).weights[words]
        for demands in (3, 300)
    )
    assert SHIPPED_RANKER.same_language.weights[words] < few < many


def test_a_pair_that_stands_for_two_weighs_as_two() -> None:
    told = drawn(ONLY_WORDS, demands=40)
    twice = Lessons(
        np.vstack([told.table, told.table]),
        np.tile(told.grades, 2),
        np.tile(told.demand_of, 2),
        np.tile(told.has_one_language, 2),
        np.ones(2 * len(told)),
    )
    doubled = dataclasses.replace(told, weights=np.full(len(told), 2.0))
    np.testing.assert_allclose(logistic.fit(twice).weights, logistic.fit(doubled).weights, rtol=1e-6)


def test_a_grade_that_never_occurs_is_not_promised() -> None:
    told = drawn(SHIPPED_RANKER.same_language, demands=100)
    learnt = logistic.fit(told.where(told.grades < 3))
    assert learnt.chances(told.table)[:, 2].max() < 0.01


def test_pairs_that_are_all_alike_teach_nothing() -> None:
    told = drawn(SHIPPED_RANKER.same_language, demands=40)
    with pytest.raises(ValueError, match="judged the same"):
        logistic.fit(told.where(told.grades == 1))


def test_folds_are_even_and_always_the_same() -> None:
    found = logistic.folds(23, 5)
    assert sorted(np.bincount(found)) == [4, 4, 5, 5, 5]
    np.testing.assert_array_equal(found, logistic.folds(23, 5))


def test_coefficients_that_tell_held_out_demands_apart_better_are_better() -> None:
    found = refit(drawn(ONLY_WORDS, demands=150), SHIPPED_RANKER, source="a test")
    assert found.is_better
    assert found.content["origin"]["held_out_over_used"]["log_likelihood"]["low"] > 0


def test_coefficients_that_are_no_better_are_not() -> None:
    assert not refit(drawn(SHIPPED_RANKER.same_language, demands=150), SHIPPED_RANKER, source="a test").is_better


def test_a_held_out_demand_teaches_nothing_about_itself() -> None:
    told = drawn(ONLY_WORDS, demands=30)
    mine = told.demand_of == 7
    mistaken = dataclasses.replace(told, grades=np.where(mine, 3 - told.grades, told.grades))
    honest, shaken = (_held_out(one, SHIPPED_RANKER, 5) for one in (told, mistaken))
    np.testing.assert_array_equal(honest[mine], shaken[mine])
    assert not np.array_equal(honest[~mine], shaken[~mine])


def test_outcomes_of_few_demands_decide_nothing() -> None:
    with pytest.raises(ValueError, match="outcomes of 3 demands"):
        refit(drawn(ONLY_WORDS, demands=3), SHIPPED_RANKER, source="a test")


def test_what_was_refitted_can_be_loaded(tmp_path: Path) -> None:
    found = refit(drawn(ONLY_WORDS, demands=60), SHIPPED_RANKER, source="a test")
    document.write(found.content, tmp_path / "coefficients.json")
    again = load_ranker(tmp_path / "coefficients.json")
    assert again.version.startswith(found.content["version"])
    assert again.version != SHIPPED_RANKER.version
    assert [path.name for path in tmp_path.iterdir()] == ["coefficients.json"]


def test_the_version_names_the_coefficients_and_not_their_origin() -> None:
    one, two, other = (
        document.content(logit, logit, {"source": source})["version"]
        for logit, source in ((ONLY_WORDS, "x"), (ONLY_WORDS, "y"), (SHIPPED_RANKER.same_language, "x"))
    )
    assert one == two != other


def test_bands_begin_where_the_chance_is_reached() -> None:
    logit = SHIPPED_RANKER.same_language
    floor = document.floor(logit, 1, 0.8)
    scores = np.linspace(-5, 5, 1001)
    found = chances(scores, logit.steps)
    above = 100 * found.mean(axis=1) >= floor
    assert found[above, 0].min() >= 0.8
    assert found[100 * found.mean(axis=1) < floor - 1, 0].max() < 0.8


def test_a_weaker_band_never_begins_above_a_stronger_one() -> None:
    """As it would where most of what was shown came to nothing, and most of the rest was chosen."""
    steps = (Step(1.56, -0.46), Step(0.49, 0.19), Step(0.33, 0.46))
    torn = Logit(SHIPPED_RANKER.same_language.weights, steps)
    floors = document.content(torn, torn, {})["band_floors"]
    assert floors["弱"] <= floors["较强"] <= floors["强"]


def test_the_shipped_file_says_what_it_was_made_from() -> None:
    stored = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert {"data_sha256", "folds", "pairs", "cross_validated", "cross_validated_over_dense"} <= stored["origin"].keys()
    floors = SHIPPED_RANKER.band_floors
    assert [band for band, _ in floors] == [Band.STRONG, Band.FAIR, Band.WEAK]
    assert SHIPPED_RANKER.threshold == dict(floors)[Band.FAIR]
    assert SHIPPED_RANKER.least_shown == dict(floors)[Band.WEAK]


@dataclasses.dataclass
class Outcome:
    features: Mapping[str, float]
    has_one_language: bool = True
    propensity: float = 1.0


def test_outcomes_become_lessons_grouped_by_demand() -> None:
    full = dict.fromkeys(features.NAMES, 0.5)
    told = lessons([("a", Outcome(full), 2), ("b", Outcome(full, False, 0.25), 0), ("a", Outcome(full), 1)])
    assert told.demand_of.tolist() == [0, 1, 0]
    assert told.grades.tolist() == [2, 0, 1]
    assert told.weights.tolist() == [1.0, 4.0, 1.0]
    assert told.has_one_language.tolist() == [True, False, True]


def test_outcomes_without_the_figures_teach_nothing() -> None:
    assert len(lessons([("a", Outcome({}), 2)])) == 0


def test_common_characters_and_pairs_weigh_less_than_rare_ones() -> None:
    table = rarity.table("的 90000000 uj\n技术 90000 n\n箱 9000 n\n残损 20 v\nAT 3 nz\n")
    levels = {gram: int(level) for level, line in table["characters"].items() for gram in line}  # type: ignore[attr-defined]
    assert levels["的"] < levels["技"] < levels["箱"]
    assert "残损" not in json.dumps(table["pairs"], ensure_ascii=False)
    assert "AT" not in json.dumps(table, ensure_ascii=False)
