"""The ranker gives the same figures for the same pair, in whatever company, and higher ones to what fits."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.matcher import Band
from common.fields import Language
from matcher.engine.ranking.ranker import SHIPPED, fuse, load_ranker
from matcher.engine.ranking.views import DemandView, ProfileView


def unit(seed: int, rows: int | None = None) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(rows or 1, 384)).astype(np.float32)
    drawn += 4.0  # like the vectors of a real model, all in one cone
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn if rows is not None else drawn[0]


def demand(title: str = "港口无人集卡调度", seed: int = 1, clauses: int = 2) -> DemandView:
    need = f"{title}，要求单箱识别不超过3秒"
    return DemandView(title, need, ("条款",) * clauses, "zh", unit(seed), unit(seed + 1), unit(seed + 2, clauses))


def profile(headline: str = "无人集卡车队调度系统", seed: int = 50, language: Language = "zh") -> ProfileView:
    return ProfileView(headline, "摘要", ("能力",), language, unit(seed), unit(seed + 1), unit(seed + 2, 1))


def test_a_fit_is_a_hundred_times_the_mean_chance_of_each_grade() -> None:
    [scored] = load_ranker().score(demand(), [profile()])
    assert scored.fit == pytest.approx(100 * sum(scored.probabilities) / 3)
    assert 0 <= scored.fit <= 100
    assert list(scored.probabilities) == sorted(scored.probabilities, reverse=True)


def test_the_company_a_profile_is_ranked_in_changes_no_bit_of_its_fit() -> None:
    crowd = [profile(seed=s, language="en" if s % 3 else "zh") for s in range(100, 140)]
    together = load_ranker().score(demand(), crowd)
    assert together == [load_ranker().score(demand(), [one])[0] for one in crowd]


def test_both_directions_give_the_same_figures() -> None:
    asked = [demand(seed=s, clauses=s % 3) for s in range(6)]
    offered = profile()
    assert load_ranker().score_demands(offered, asked) == [load_ranker().score(d, [offered])[0] for d in asked]


def test_nothing_to_rank_is_an_empty_ranking() -> None:
    assert load_ranker().score(demand(), []) == []
    assert load_ranker().score_demands(profile(), []) == []


def test_bands_fall_with_the_fit_and_a_match_begins_with_the_second() -> None:
    ranker = load_ranker()
    bands = [ranker.band(fit) for fit in range(101)]
    assert bands == sorted(bands, key=list(reversed(Band)).index)
    assert ranker.band(ranker.threshold) is Band.FAIR
    assert ranker.band(ranker.threshold - 0.001) is Band.WEAK
    assert ranker.band(ranker.least_shown) is Band.WEAK
    assert ranker.band(ranker.least_shown - 0.001) is Band.NONE


def test_words_of_another_language_neither_help_nor_hurt() -> None:
    plain, dressed = profile("Yard crane control", language="en"), profile("Yard crane 无人集卡 control", language="en")
    one, other = load_ranker().score(demand(), [plain, dressed])
    assert one.features["words"] < other.features["words"]
    assert one.fit == other.fit


def test_coefficients_of_other_figures_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "coefficients.json"
    other.write_text(SHIPPED.read_text(encoding="utf-8").replace('"title"', '"colour"'), encoding="utf-8")
    with pytest.raises(ValueError, match="colour"):
        load_ranker(other)


rankings = st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=5)


@given(rankings)
def test_fusing_keeps_every_id_once(given_rankings: list[list[int]]) -> None:
    fused = fuse(given_rankings)
    assert sorted(fused) == sorted({id_ for ranking in given_rankings for id_ in ranking})


@given(st.lists(st.integers(0, 30), unique=True), st.integers(1, 4))
def test_fusing_a_ranking_with_itself_changes_nothing(ranking: list[int], times: int) -> None:
    assert fuse([ranking] * times) == ranking


def test_a_tie_keeps_the_order_of_first_appearance() -> None:
    assert fuse([["a", "b"], ["b", "a"]]) == ["a", "b"]


def test_an_id_that_repeats_counts_where_it_stands_first() -> None:
    assert fuse([["a", "b", "b", "b"]]) == ["a", "b"]


def test_a_heavier_ranking_wins() -> None:
    assert fuse([["a", "b"], ["b", "a"]], weights=[1, 2]) == ["b", "a"]
