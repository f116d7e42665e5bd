"""A clause is met, missed or untold by a profile's own words, and the words are shown."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.contracts.matcher import ClauseVerdict, Outcome, Span
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.evidence import EvidenceText, read, sentences
from matcher.engine.verdicts.judge import judge, judge_all
from matcher.engine.verdicts.summary import is_gated, summary, support
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome, says

JUDGED = Path(__file__).parents[4] / "data" / "verdicts"


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("识别准确率≥95%", "识别准确率98.5%", MET),
        ("识别准确率≥95%", "识别准确率90%", MISSED),
        ("识别准确率≥95%", "识别准确率95%", MET),
        ("识别准确率>95%", "识别准确率95%", MISSED),
        ("识别准确率≥95%", "识别准确率90%以上", UNTOLD),
        ("识别准确率≥95%", "识别准确率0.97", MET),
        ("识别准确率≥95%", "误报率3%", UNTOLD),
        ("车牌识别准确率≥95%", "箱号识别准确率90%", UNTOLD),
        ("响应时间≤0.5秒", "响应时间320毫秒", MET),
        ("响应时间≤0.2秒", "响应时间320毫秒", MISSED),
        ("载重8~15t", "额定载重20吨", MET),
        ("载重8~15t", "额定载重12吨", MISSED),
        ("载重不小于10吨", "载重3~30吨系列", MET),
        ("载重不小于40吨", "载重3~30吨系列", MISSED),
        ("水回收率≥90%", "水回收率85%~92%", UNTOLD),
        ("试模次数不超过10次", "试模次数由26次降到8次", MET),
        ("工作温度-30℃～50℃", "工作温度-40℃~60℃", MET),
        ("工作温度-30℃～50℃", "工作温度-20℃~60℃", MISSED),
        ("上行速率≥50Mbps", "下行速率150Mbps", UNTOLD),
        ("路口延误降低20%以上", "路口延误降低23%", MET),
        ("识别准确率≥95%", "计划2027年识别准确率达到97%", UNTOLD),
        ("报价不超过50万元", "报价38万元/套", MET),
        ("质保期不少于2年", "提供24个月质保", MET),
        ("提供7×24小时运维", "提供5×8小时运维服务", MISSED),
    ],
)
def test_a_figure_is_compared_with_the_same_metric_in_any_unit(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("识别准确率不低于95%", "Recognition accuracy of 98.5%", MET),
        ("端到端时延≤50ms", "End-to-end latency is 80 ms", MISSED),
        ("系统可用性不低于99.9%", "Availability of 99.95% last year", MET),
        ("工作温度-20℃~50℃", "Operates from -40 °C to 55 °C", MET),
        ("续航时间不少于6小时", "Battery life of 8 hours", MET),
        ("须通过ISO 27001认证", "ISO 27001 certified since 2020", MET),
        ("Delivery within 20 weeks", "整体交付周期4个月", MET),
    ],
)
def test_a_metric_is_recognised_across_languages(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("应符合GB/T 22239-2019", "系统符合GB/T22239-2019要求", MET),
        ("应符合GB/T 22239-2019", "系统符合GB/T 22239-2008要求", UNTOLD),
        ("须通过ISO 27001认证", "已通过ISO 9001认证", UNTOLD),
        ("须通过ISO 27001认证", "正在申请ISO 27001认证", UNTOLD),
        ("须通过ISO 27001认证", "未取得ISO 27001认证", MISSED),
        ("系统须通过等保三级测评", "平台通过网络安全等级保护三级测评", MET),
        ("系统须通过等保三级测评", "平台通过等保二级测评", MISSED),
        ("具备CMMI 3级资质", "具备CMMI 5级", MET),
        ("具备ITSS一级资质", "具备ITSS二级资质", MISSED),
        ("防护等级不低于IP65", "防护等级IP67", MET),
        ("防护等级不低于IP67", "防护等级IP65", MISSED),
        ("须取得CCC或CE认证", "产品取得CE认证", MET),
        ("须取得CCC和CE认证", "产品取得CE认证", UNTOLD),
    ],
)
def test_a_named_standard_is_looked_for_by_name_and_grade(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("支持产线不停机换型", "支持产线不停机换型，样本仅需30张", MET),
        ("支持水下焊接作业", "可完成水下清洗与检测", UNTOLD),
        ("须支持铁路车厢号识别", "暂不支持铁路车厢号识别", MISSED),
        ("须支持铁路车厢号识别", "铁路车厢号识别研发中", UNTOLD),
        ("不得采集人脸图像", "不采集人脸图像", MET),
        ("不得采集人脸图像", "支持采集人脸图像", UNTOLD),
        ("must support rail wagon reading", "The system does not support rail wagon reading", MISSED),
    ],
)
def test_plain_words_are_met_by_words_that_say_the_same(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(("trl", "expected"), [(8, MET), (7, MET), (5, MISSED), (None, UNTOLD)])
def test_a_readiness_level_is_compared_with_the_profiles_own(trl: int | None, expected: Outcome) -> None:
    verdict = judge(clause_of("技术成熟度不低于TRL 7"), 0, says("箱号识别算法。", trl=trl))
    assert verdict.outcome is expected


def test_what_the_owner_confirmed_outranks_the_wording() -> None:
    clause = Clause(
        kind=ClauseKind.PERFORMANCE, text="识别要准", metric="识别准确率", operator=Comparison.AT_LEAST, value=0.95
    )
    assert judge(clause, 0, says("识别准确率98%")).outcome is MET
    assert judge(clause, 0, says("识别准确率90%")).outcome is MISSED


def test_a_verdict_shows_the_words_on_both_sides() -> None:
    evidence = says("用于码头闸口。单车道识别时间320毫秒，箱号识别准确率98.5%，已上线。")
    verdict = judge(clause_of("箱号识别准确率≥95%"), 3, evidence)
    assert verdict.demand_span == Span(source="clauses/3", start=0, end=11, text="箱号识别准确率≥95%")
    assert verdict.profile_span == Span(source="items/0", start=20, end=32, text="箱号识别准确率98.5%")
    assert verdict.reason == "“箱号识别准确率98.5%”达到要求"


def test_a_reason_is_given_in_the_language_asked_for() -> None:
    verdict = judge(clause_of("识别准确率≥95%"), 0, says("误报率3%"), language="en")
    assert verdict.reason == "the profile states no comparable figure"


def test_an_offer_of_two_sizes_meets_a_demand_for_either() -> None:
    verdict = judge(clause_of("工作水深不小于2000米"), 0, says("作业级工作水深3000米；观测级工作水深500米"))
    assert verdict.outcome is MET


def test_cosines_decide_where_words_cannot() -> None:
    clause = clause_of("成果以通俗易懂的方式呈现")
    evidence = says("结果用大白话告诉用户。常备件均有库存。附赠镜头清洁布。")
    assert judge(clause, 0, evidence).outcome is UNTOLD
    assert judge(clause, 0, evidence, cosines=[0.97, 0.85, 0.85]).outcome is MET


@pytest.mark.parametrize(
    "sentence",
    [
        "Findings are told in everyday words",
        "Annual subscription with round-the-clock support",
        "Cross-database synchronisation platform",
    ],
)
def test_across_languages_prose_alone_decides_nothing(sentence: str) -> None:
    evidence = says(f"{sentence}. Spare parts are kept in stock. Lens wiper included.")
    assert judge(clause_of("成果以通俗易懂的方式呈现"), 0, evidence, cosines=[0.95, 0.7, 0.7]).outcome is UNTOLD


def test_across_languages_a_term_of_the_glossary_and_a_cosine_decide() -> None:
    evidence = says("Inspects containers for damage at the gate. Spare parts are kept in stock.")
    assert judge(clause_of("识别集装箱残损"), 0, evidence, cosines=[0.9, 0.75]).outcome is MET


def test_the_title_of_an_item_says_what_its_figures_are_of() -> None:
    clause, text = clause_of("残损识别误报率≤5%"), EvidenceText("items/0/text", "整线误报率3%")
    assert judge(clause, 0, read([text])).outcome is UNTOLD
    assert judge(clause, 0, read([EvidenceText("items/0/title", "箱体残损检测"), text])).outcome is MET
    assert judge(clause, 0, read([EvidenceText("items/1/title", "箱体残损检测"), text])).outcome is UNTOLD


def test_a_sentence_without_a_vector_is_judged_by_its_words() -> None:
    clause, evidence = clause_of("支持水下焊接作业"), says("支持水下焊接作业。另有备件。")
    assert judge(clause, 0, evidence, cosines=[math.nan, 0.8]).outcome is MET
    assert judge(clause, 0, evidence, cosines=[0.8, 0.8]).outcome is UNTOLD
    assert judge(clause_of("支持病害诊断"), 0, evidence, cosines=[0.8, math.nan]).outcome is UNTOLD


def test_cosines_must_be_one_for_each_sentence() -> None:
    with pytest.raises(ValueError, match="2 cosines for 1 sentences"):
        judge(clause_of("识别准确率≥95%"), 0, says("识别准确率98%"), cosines=[0.9, 0.8])


def test_sentences_keep_their_places() -> None:
    texts = [
        EvidenceText("summary", " 第一句。 Second one. 第三句！\n"),
        EvidenceText("items/0", "。"),
        EvidenceText("items/1", "v2.0 is out"),
    ]
    found = sentences(texts)
    assert [s.text for s in found] == ["第一句", "Second one", "第三句", "v2.0 is out"]
    by_source = {text.source: text.text for text in texts}
    assert all(by_source[s.source][s.start : s.end] == s.text for s in found)


def a_verdict(outcome: Outcome, text: str = "识别准确率≥95%", *, is_hard: bool = False) -> ClauseVerdict:
    span = Span(source="clauses/0", start=0, end=len(text), text=text)
    return ClauseVerdict(
        clause=0, kind=ClauseKind.PERFORMANCE, is_hard=is_hard, outcome=outcome, demand_span=span, reason=""
    )


def test_a_fit_reads_as_one_line_that_names_what_is_missing() -> None:
    verdicts = [a_verdict(MET), a_verdict(MET), a_verdict(MET), a_verdict(UNTOLD), a_verdict(MISSED)]
    assert summary(verdicts, "zh") == "3 项满足，1 项证据不足，缺 1 项：识别准确率≥95%"
    assert summary(verdicts, "en") == "3 met, 1 without enough evidence, 1 missing: 识别准确率≥95%"
    assert summary([a_verdict(MET)], "zh") == "1 项满足"
    assert summary([], "zh") == "需求没有列出条款"


def test_a_long_list_of_missing_clauses_is_cut() -> None:
    verdicts = [a_verdict(MISSED, f"第{i}项" + "很长" * 30) for i in range(5)]
    line = summary(verdicts, "zh")
    assert (line[:11], line[-2:], line.count("、")) == ("缺 5 项：第0项很长", "…等", 2)


@pytest.mark.parametrize(
    ("outcome", "is_hard", "expected"),
    [(MISSED, True, True), (MISSED, False, False), (UNTOLD, True, False), (MET, True, False)],
)
def test_only_a_binding_clause_that_is_missed_gates_the_fit(outcome: Outcome, is_hard: bool, expected: bool) -> None:
    assert is_gated([a_verdict(MET), a_verdict(outcome, is_hard=is_hard)]) is expected


def test_binding_clauses_weigh_twice() -> None:
    assert support([]) == 0.5
    assert support([a_verdict(MET), a_verdict(UNTOLD)]) == 0.75
    assert support([a_verdict(MET, is_hard=True), a_verdict(MISSED)]) == pytest.approx(2 / 3)


@given(st.lists(st.sampled_from(list(Outcome)), max_size=8), st.data())
def test_support_never_falls_when_a_verdict_improves(outcomes: list[Outcome], data: st.DataObject) -> None:
    verdicts = [a_verdict(outcome, is_hard=data.draw(st.booleans())) for outcome in outcomes]
    for i, verdict in enumerate(verdicts):
        better = [*verdicts[:i], verdict.model_copy(update={"outcome": MET}), *verdicts[i + 1 :]]
        assert 0 <= support(verdicts) <= support(better) <= 1


WRITING = st.text(
    alphabet=st.sampled_from(list("识别准确率≥95%，。；响应时间50毫秒不支持ISO 27001等保三级-40℃~85℃abc.\n载重8t")),
    max_size=60,
)


@given(WRITING, st.lists(WRITING, max_size=4))
def test_any_clause_against_any_profile_gives_a_span_that_is_there(clause_text: str, texts: list[str]) -> None:
    clause = clause_of(clause_text) if clause_text.strip() else Clause(kind=ClauseKind.FUNCTION, text="空")
    evidence = says(*texts)
    by_source = {text.source: text.text for text in evidence.texts}
    (verdict,) = judge_all([clause], evidence)
    if verdict.profile_span is not None:
        span = verdict.profile_span
        assert by_source[span.source][span.start : span.end] == span.text


def judged_cases(part: str) -> list[tuple[dict[str, Any], ClauseVerdict, ClauseVerdict]]:
    """Each judged case with the verdict given with cosines, and the one given by words alone."""
    cosines = json.loads((JUDGED / "cosines.json").read_text("utf-8"))["cosines"]
    found = []
    for profile in json.loads((JUDGED / f"{part}.json").read_text("utf-8")):
        evidence = read([EvidenceText(t["source"], t["text"], t.get("trl")) for t in profile["texts"]])
        for case, row in zip(profile["cases"], cosines[profile["profile"]], strict=True):
            clause = clause_of(case["clause"]).model_copy(update={"kind": ClauseKind(case["kind"])})
            case["texts"] = {text.source: text.text for text in evidence.texts}
            found.append((case, judge(clause, 0, evidence, cosines=row), judge(clause, 0, evidence)))
    return found


def agreement(case: dict[str, Any], verdict: ClauseVerdict) -> float | None:
    """F1 of the characters shown against those a reader chose; None when neither shows any."""
    expected, given_ = case.get("span"), verdict.profile_span
    if expected is None and given_ is None:
        return None
    if expected is None or given_ is None or expected["source"] != given_.source:
        return 0.0
    start: int = case["texts"][expected["source"]].index(expected["text"])
    end: int = start + len(expected["text"])
    common: int = max(0, min(end, given_.end) - max(start, given_.start))
    return 2 * common / (end - start + given_.end - given_.start)


def figures(pairs: list[tuple[dict[str, Any], ClauseVerdict]]) -> tuple[float, float, int]:
    """Share of outcomes judged alike, mean span agreement, and the number of misses and matches that are wrong."""
    alike = [case["outcome"] == verdict.outcome for case, verdict in pairs]
    spans = [f1 for case, verdict in pairs if (f1 := agreement(case, verdict)) is not None]
    rash = sum(case["outcome"] != v.outcome and v.outcome is not UNTOLD for case, v in pairs)
    return sum(alike) / len(alike), sum(spans) / len(spans), rash


@pytest.mark.parametrize(("part", "least_alike", "least_span"), [("tuning", 0.94, 0.87), ("held_out", 0.88, 0.84)])
def test_verdicts_agree_with_the_judged_set(part: str, least_alike: float, least_span: float) -> None:
    alike, span, rash = figures([(case, verdict) for case, verdict, _ in judged_cases(part)])
    assert (alike >= least_alike, span >= least_span, rash <= 2) == (True, True, True), (alike, span, rash)


def test_verdicts_by_words_alone_hold_the_floor() -> None:
    alike, span, rash = figures([(case, verdict) for case, _, verdict in judged_cases("held_out")])
    assert (alike >= 0.84, span >= 0.78, rash <= 2) == (True, True, True), (alike, span, rash)
