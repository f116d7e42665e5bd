"""No text costs more than its length: nobody can hold up others with a page that was written for it."""

import tracemalloc
from collections.abc import Callable

import pytest

from matcher.engine.clauses import split
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.evidence import LONGEST, EvidenceText, read, sentences
from matcher.engine.verdicts.judge import judge_all
from matcher.engine.words import duplicates, rarity
from tests.support.work import counted

CLAUSES = [
    clause_of(text)
    for text in (
        "残损识别准确率不低于95%",
        "支持车辆不停车通过",
        "具备CMMI 5级认证",
        "技术成熟度不低于TRL 6",
        "须通过ISO 27001认证",
        "不得上传数据",
        "accuracy of at least 95%",
        "must support offline mode",
    )
]
FIGURES = ("98.5%", "30ms", "TRL 6", "3年", "1,000台", "0.5~2km", "IP67", "一百台", "1/100", "10^9", "9×24", "±5℃")
LEADS = ("识别准确率", "不低于", "旧版不支持", "计划", "除危险品箱外", "由合作伙伴提供", "accuracy of ", "每小时", "（")
JOINTS = ("，", "且", "、", " and ")
MARKS = (
    "（",
    "）",
    "，",
    "、",
    "：",
    "-",
    "~",
    "/",
    "9",
    "1,",
    "九",
    "ㄱ",
    "９",
    "\u0301",
    "1 ",
    "①",
    "一、",
    "a.",
    "a ",
)
WORDS = ("不", "识别", "除", "可选", "abc", "not ", "supports offline mode ", "不支持语音播报，")
NAMES = ("ISO 27001、", "通过ISO 27001认证，", "CMMI 5级", "三级等保，")
ATTACKS = (
    *(f"{lead}{figure}{joint}" for lead, figure, joint in zip(LEADS * 12, FIGURES * 9, JOINTS * 27, strict=True)),
    *(f"{lead}{joint}" for lead in LEADS[:4] for joint in JOINTS[:2]),
    *(*MARKS, *WORDS, *NAMES),
)


def page(part: str, length: int) -> str:
    return (part * (length // len(part) + 1))[:length]


def judged(text: str) -> object:
    """A profile whose text is `text`, on the clauses of a demand."""
    return judge_all(CLAUSES, read([EvidenceText("headline", "残损识别"), EvidenceText("summary", text)]))


def read_as_demand(text: str) -> object:
    return split.split(text)


def compared(text: str) -> object:
    return rarity.weighed(text), duplicates.marks(text)


@pytest.mark.parametrize("work", [judged, read_as_demand, compared])
@pytest.mark.parametrize("part", dict.fromkeys(ATTACKS))
def test_a_text_twice_as_long_costs_twice_as_much(part: str, work: Callable[[str], object]) -> None:
    work(page(part, 100))
    once = counted(lambda: work(page(part, 4 * LONGEST)))
    twice = counted(lambda: work(page(part, 8 * LONGEST)))
    assert twice <= 2.3 * once + 1_000


@pytest.mark.parametrize(
    "part", ["识别准确率98.5%，", "识别准确率98.5%且", "CMMI 5级", "ISO 27001、", "9", "（", "abc "]
)
def test_the_longest_text_costs_little(part: str) -> None:
    text = page(part, 20_000)
    judged(page(part, 100))
    # A million takes about a thirtieth of a second.
    assert counted(lambda: judged(text)) <= 20_000_000
    tracemalloc.start()
    try:
        judged(text)
        assert tracemalloc.get_traced_memory()[1] <= 20_000_000
    finally:
        tracemalloc.stop()


def test_a_sentence_without_an_end_is_cut_at_a_comma() -> None:
    text = "识别准确率98.5%，误报率0.3%，每小时处理1,000箱，" * 60
    found = sentences([EvidenceText("summary", text)])
    assert max(len(sentence.text) for sentence in found) <= LONGEST
    assert all(sentence.text.startswith(("识别准确率", "误报率", "每小时")) for sentence in found)
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in found)
    assert "".join(sentence.text for sentence in found) == text


def test_a_sentence_without_commas_or_blanks_is_cut_all_the_same() -> None:
    found = sentences([EvidenceText("summary", "识别" * 1_000)])
    assert [len(sentence.text) for sentence in found] == [LONGEST, LONGEST, LONGEST, 200]
