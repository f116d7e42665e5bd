"""A tailored demand is told from a generic one, and its writer is told what is missing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.clauses import Clause, ClauseKind
from matcher.engine.clauses.specificity import ADVICE, Advice, Draft, Level, assess
from matcher.engine.clauses.split import split

TAILORED = (
    "前湾港区六个闸口每天通过集装箱约1.4万自然箱，夜间和雨雾天漏判较多。"
    "箱体残损识别准确率不低于96%，单箱结果输出时间不超过3秒，可用性≥99.9%。"
    "结果通过接口写入闸口管理系统，符合GB/T 11601。"
    "提供现有相机和十万张历史图像样本。优先考虑有港口案例的单位。"
    "试运行三个月并由第三方检测，合同签订后120天内完成部署。"
)
GENERIC = "运用先进技术打造一流的智能化平台，全面提升管理水平，实现降本增效，赋能高质量发展。"


def read(text: str, *, has_budget: bool = False, has_period: bool = False) -> Draft:
    return Draft(text, [found.clause for found in split(text)], has_budget=has_budget, has_period=has_period)


@pytest.mark.parametrize("letter", ["集", "1", "1,", "二", "a", " "])
def test_a_text_that_only_just_says_nothing_is_read_in_no_time(letter: str) -> None:
    """Whole seconds once: 20,000 characters that each might begin a place or a figure."""
    text = letter * (20_000 // len(letter))
    began_s = time.process_time()
    assess(Draft(text, ()))
    assert time.process_time() - began_s < 1.0


@pytest.mark.parametrize("text", ["前湾码头", "约1.4万自然箱，每天1,200 辆车", "十二条车道", "合同签订后 120 天内完成"])
def test_a_place_a_scale_and_a_period_are_found_behind_other_words(text: str) -> None:
    before = assess(Draft("某单位", ())).score
    assert assess(Draft(f"某单位要求{text}的能力", ())).score > before


def test_a_demand_with_figures_site_and_verification_is_tailored() -> None:
    found = assess(read(TAILORED, has_budget=True))
    assert found.level is Level.TAILORED
    assert found.score >= 85


def test_a_demand_of_praise_alone_is_generic() -> None:
    found = assess(read(GENERIC))
    assert (found.level, found.score) == (Level.GENERIC, 0)


def test_a_generic_demand_is_advised_on_figures_first_and_on_its_words_last() -> None:
    advice = assess(read(GENERIC)).advice
    assert (advice[0], advice[-1]) == (Advice.FIGURES, Advice.PLAIN_WORDS)


def test_what_is_stated_is_not_asked_for_again() -> None:
    assert assess(read(TAILORED, has_budget=True)).advice == ()


@pytest.mark.parametrize(
    ("addition", "advice"),
    [
        ("识别准确率≥95%，响应时间≤1秒，可用性≥99.9%", Advice.FIGURES),
        ("应符合GB/T 22239-2019", Advice.STANDARDS),
        ("用于前湾港区6个闸口", Advice.SITE),
        ("夜间和雨雾天须正常工作", Advice.CONDITIONS),
        ("提供历史数据和测试环境", Advice.DATA),
        ("由第三方检测并试运行", Advice.VERIFICATION),
        ("与现有调度系统对接", Advice.CONNECTIONS),
        ("6个月内完成", Advice.PERIOD),
    ],
)
def test_stating_what_is_missing_raises_the_score_and_ends_the_advice(addition: str, advice: Advice) -> None:
    before, after = assess(read("建设管理平台")), assess(read(f"建设管理平台。{addition}。"))
    assert advice in before.advice
    assert advice not in after.advice
    assert after.score > before.score


def test_budget_and_period_count_when_they_are_given_in_fields() -> None:
    without, with_both = assess(read(TAILORED)), assess(read(TAILORED, has_budget=True, has_period=True))
    assert Advice.BUDGET in without.advice
    assert with_both.score > without.score


def test_vague_praise_costs_a_little() -> None:
    plain, praised = assess(read(TAILORED)), assess(read(f"先进的一流方案。{TAILORED}"))
    assert praised.score == plain.score - 6


def test_every_advice_is_worded_in_both_languages() -> None:
    assert set(ADVICE) == set(Advice)
    assert all(words["zh"] and words["en"] for words in ADVICE.values())


@given(st.text(max_size=200), st.booleans(), st.booleans())
def test_the_score_stays_in_its_range(text: str, has_budget: bool, has_period: bool) -> None:
    clauses = [Clause(kind=ClauseKind.FUNCTION, text="支持接入")]
    found = assess(Draft(text, clauses, has_budget=has_budget, has_period=has_period))
    assert 0 <= found.score <= 100
    assert len(set(found.advice)) == len(found.advice)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("part", ["9", "0,", "1.", "长", "9 "])
def test_a_page_without_a_word_is_assessed_in_good_time(part: str) -> None:
    assert assess(read(part * (20_000 // len(part)))).level is Level.GENERIC
