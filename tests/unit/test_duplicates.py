"""Twins are found through changed districts, years and figures; texts that merely share a field are not twins."""

import itertools
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.duplicates import TWIN_FROM, likeness, shared

SAMPLES = Path(__file__).parents[2] / "deploy" / "embedded" / "samples" / "demands.jsonl"
DEMANDS = {row["id"]: row for row in map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())}


def words(demand_id: str) -> str:
    row = DEMANDS[demand_id]
    return "\n".join([row["title"], row["text"], *(clause["text"] for clause in row["clauses"])])


def test_of_all_sample_pairs_exactly_the_marked_ones_are_twins() -> None:
    marked = {frozenset((row["id"], row["twin_of"])) for row in DEMANDS.values() if row.get("twin_of")}
    found = {
        frozenset(pair)
        for pair in itertools.combinations(DEMANDS, 2)
        if likeness(words(pair[0]), words(pair[1])) >= TWIN_FROM
    }
    assert found == marked


def test_another_district_year_and_figure_make_no_other_demand() -> None:
    text = "2025年崂山区森林防火视频监测，覆盖林区120平方公里，火点识别准确率不低于95%"
    copy = "2026年黄岛区森林防火视频监测，覆盖林区86.5平方公里，火点识别准确率不低于98%"
    assert likeness(text, copy) >= 80


def test_english_twins_are_compared_by_words_not_letters() -> None:
    text = "Detect hull cracks with a crawling robot under water at 30 m depth"
    assert likeness(text, "Detect hull cracks with a crawling robot under water at 50 m depth, in port") >= 90
    assert likeness(text, "Forecast the sales of frozen fish for supermarkets") == 0


def test_the_shared_passages_are_quoted_longest_first() -> None:
    one = "车辆不停车通过闸口时自动识别箱体残损。另需统计报表。数据保存三年以上并可导出。"
    other = "要求：车辆不停车通过闸口时自动识别箱体残损；数据保存三年以上并可导出"
    assert shared(one, other) == ["车辆不停车通过闸口时自动识别箱体残损", "数据保存三年以上并可导出"]


@given(one=st.text(max_size=80), other=st.text(max_size=80))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 100


@given(text=st.text(alphabet="港口集装箱识别", min_size=2, max_size=60), more=st.text(max_size=40))
def test_a_text_with_more_around_it_is_its_full_twin(text: str, more: str) -> None:
    assert likeness(text, f"{text}。{more}") == 100
