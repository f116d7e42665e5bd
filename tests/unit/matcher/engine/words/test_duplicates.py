"""Twins are found through changed districts, years and figures; texts that merely share a field are not twins."""

import itertools
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.words.duplicates import COMPARED, TWIN_FROM, likeness, marks, shared
from matcher.twins.repository import LEAST_SHARE

SAMPLES = Path(__file__).parents[5] / "deploy" / "embedded" / "samples" / "demands.jsonl"
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


def test_half_a_headline_in_a_long_text_of_its_field_is_chance() -> None:
    headline = "港区遮挡环境多源融合厘米级定位"
    service = "面向矿区的厘米级定位服务，多源融合，失锁时由惯性器件接续，按月计费，接入现有调度系统。"
    assert likeness(headline, service) < TWIN_FROM
    assert likeness(headline, f"{headline}。{service}") == 100


def test_of_all_sample_demands_only_twins_share_enough_marks_to_be_looked_at_closely() -> None:
    marked = {frozenset((row["id"], row["twin_of"])) for row in DEMANDS.values() if row.get("twin_of")}
    by_id = {one: set(marks(words(one))) for one in DEMANDS}
    shares = {
        frozenset(pair): len(by_id[pair[0]] & by_id[pair[1]]) / min(len(by_id[pair[0]]), len(by_id[pair[1]]))
        for pair in itertools.combinations(DEMANDS, 2)
    }
    assert min(shares[pair] for pair in marked) > 2 * LEAST_SHARE
    assert sum(share >= LEAST_SHARE for share in shares.values()) < len(shares) / 50


def test_a_long_text_and_a_short_one_within_it_still_share_marks() -> None:
    short = words("shinan-drainage")
    long = "\n".join([*(words(one) for one in sorted(DEMANDS) if "drainage" not in one), short])[-COMPARED:]
    few, many = set(marks(short)), set(marks(long))
    assert len(few & many) >= 2 * LEAST_SHARE * len(few)


@given(text=st.text(max_size=300))
def test_marks_are_numbers_the_database_takes_each_once(text: str) -> None:
    found = marks(text)
    assert len(set(found)) == len(found) <= 1024
    assert all(-(2**31) <= mark < 2**31 for mark in found)


def test_the_shared_passages_are_quoted_longest_first() -> None:
    one = "车辆不停车通过闸口时自动识别箱体残损。另需统计报表。数据保存三年以上并可导出。"
    other = "要求：车辆不停车通过闸口时自动识别箱体残损；数据保存三年以上并可导出"
    assert shared(one, other) == ["车辆不停车通过闸口时自动识别箱体残损", "数据保存三年以上并可导出"]


def test_a_passage_is_shared_within_a_line_and_named_once() -> None:
    one = "数据保存三年以上并可导出\n数据保存三年以上并可导出\n车辆不停车通过\n闸口时自动识别"
    assert shared(one, "数据保存三年以上并可导出；车辆不停车通过闸口时自动识别") == ["数据保存三年以上并可导出"]


@given(
    before=st.text(max_size=30), common=st.text("港口集装箱识别", min_size=8, max_size=30), after=st.text(max_size=30)
)
def test_every_shared_passage_stands_in_both(before: str, common: str, after: str) -> None:
    one, other = f"{before}{common}{after}", f"{after}{common}{before}"
    passages = shared(one, other)
    assert passages
    assert all(passage in one and passage in other for passage in passages)


@given(one=st.text(max_size=80), other=st.text(max_size=80))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 100


@given(text=st.text(alphabet="港口集装箱识别", min_size=2, max_size=60), more=st.text(max_size=40))
def test_a_text_with_more_around_it_is_its_full_twin(text: str, more: str) -> None:
    assert likeness(text, f"{text}。{more}") == 100
