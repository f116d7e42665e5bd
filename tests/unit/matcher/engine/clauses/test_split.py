"""A demand's text is split into typed clauses, with headings and background left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.clauses import Clause, ClauseKind, Comparison
from matcher.engine.clauses.requirement import read
from matcher.engine.clauses.split import LONGEST, split

CHINESE = (
    "需求背景：随着港口吞吐量增长，本公司目前人工验箱效率低。"
    "主要技术指标：（1）箱号识别准确率≥95%，响应时间≤50ms，并支持离线部署；"
    "（2）工作温度-40℃～85℃；（3）应符合GB/T 22239-2019。"
    "合同签订后90天内交付；有3个以上同类案例优先。项目预算：1,000 万元以内。"
)
ENGLISH = """Background: Our port handles 20 million TEU a year. Requirements:
1. The system must read container numbers with an accuracy of at least 98 %, latency below 500 ms and \
availability of 99.9 %.
2. It should preferably support rail wagons.
3. The supplier must be certified to ISO 27001; delivery within 6 months.
Budget: no more than RMB 3 million."""


def texts(text: str) -> list[str]:
    return [found.clause.text for found in split(text)]


def test_a_chinese_demand_becomes_its_clauses_without_headings_and_background() -> None:
    assert texts(CHINESE) == [
        "箱号识别准确率≥95%",
        "响应时间≤50ms",
        "支持离线部署",
        "工作温度-40℃～85℃",
        "应符合GB/T 22239-2019",
        "合同签订后90天内交付",
        "有3个以上同类案例优先",
        "1,000 万元以内",
    ]


def test_an_english_demand_becomes_its_clauses_without_headings_and_background() -> None:
    assert texts(ENGLISH) == [
        "The system must read container numbers with an accuracy of at least 98 %",
        "latency below 500 ms",
        "availability of 99.9 %",
        "It should preferably support rail wagons",
        "The supplier must be certified to ISO 27001",
        "delivery within 6 months",
        "no more than RMB 3 million",
    ]


@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
def test_a_clause_says_where_it_stands(text: str) -> None:
    for found in split(text, source="need"):
        assert found.span.source == "need"
        assert text[found.span.start : found.span.end] == found.span.text == found.clause.text


@pytest.mark.parametrize(
    "text",
    [
        "1、支持甲协议；2、支持乙协议", "1. 支持甲协议\n2. 支持乙协议", "（1）支持甲协议（2）支持乙协议",
        "①支持甲协议②支持乙协议", "一、支持甲协议\n二、支持乙协议", "1)支持甲协议；2)支持乙协议",
        "- 支持甲协议\n- 支持乙协议", "支持甲协议，支持乙协议",
    ],
)  # fmt: skip
def test_list_marks_are_no_part_of_a_clause(text: str) -> None:
    assert texts(text) == ["支持甲协议", "支持乙协议"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("准确率≥95%", ["准确率≥95%"]),
        ("1.准确率≥95%\n2.时延≤50ms\n3.IP67\n4.载重≥5t", ["准确率≥95%", "时延≤50ms", "IP67", "载重≥5t"]),
        ("Accuracy ≥ 95%. Payload ≥ 5 t. Must run offline.", ["Accuracy ≥ 95%", "Payload ≥ 5 t", "Must run offline"]),
    ],
)
def test_a_clause_of_few_letters_is_a_clause_all_the_same(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("系统应支持多语言界面", ClauseKind.FUNCTION),
        ("识别准确率不低于95%", ClauseKind.PERFORMANCE),
        ("路口延误降低20%以上", ClauseKind.PERFORMANCE),
        ("技术成熟度不低于TRL 6", ClauseKind.PERFORMANCE),
        ("应符合GB 50174-2017", ClauseKind.STANDARD),
        ("供应商须具备CMMI 3级资质", ClauseKind.QUALIFICATION),
        ("有3个以上同类案例", ClauseKind.QUALIFICATION),
        ("提供不少于1万张标注样本", ClauseKind.DATA),
        ("系统须通过等保三级测评", ClauseKind.SECURITY),
        ("患者数据不得上传公有云", ClauseKind.SECURITY),
        ("合同签订后90天内交付", ClauseKind.DELIVERY),
        ("质保期不少于3年", ClauseKind.DELIVERY),
        ("总价不超过500万元", ClauseKind.BUDGET),
        ("The supplier must be certified to ISO 9001", ClauseKind.QUALIFICATION),
        ("Data must be encrypted at rest", ClauseKind.SECURITY),
        ("Delivery within 6 months", ClauseKind.DELIVERY),
    ],
)
def test_a_clause_is_typed_by_its_words(text: str, kind: ClauseKind) -> None:
    assert read(text).kind is kind


@pytest.mark.parametrize(
    ("text", "is_hard"),
    [
        ("系统须支持离线部署", True), ("不得采集人脸", True), ("应具备告警功能", True), ("识别准确率≥95%", True),
        ("优先支持国产芯片", False), ("最好能识别铁路车厢", False), ("支持离线部署", False), ("响应时间50毫秒", False),
        ("该应用响应迅速", False), ("宜采用无线方式", False), ("须优先考虑本地服务", False),
        ("It must work offline", True), ("It should work offline", False), ("Latency of at most 50 ms", True),
    ],
)  # fmt: skip
def test_a_clause_binds_by_its_words(text: str, is_hard: bool) -> None:
    assert read(text).is_hard is is_hard


@pytest.mark.parametrize(
    ("text", "metric", "operator", "value", "upper", "unit"),
    [
        ("识别准确率≥ 95 %", "识别准确率", Comparison.AT_LEAST, 95, None, "%"),
        ("响应时间应不超过50毫秒", "响应时间", Comparison.AT_MOST, 50, None, "毫秒"),
        ("定位精度优于5厘米", "定位精度", Comparison.AT_MOST, 5, None, "厘米"),
        ("识别准确率优于95%", "识别准确率", Comparison.AT_LEAST, 95, None, "%"),
        ("使用寿命不少于10年", "使用寿命", Comparison.AT_LEAST, 10, None, "年"),
        ("识别准确率98%", "识别准确率", Comparison.AT_LEAST, 98, None, "%"),
        ("端到端时延达到10ms", "端到端时延", Comparison.AT_MOST, 10, None, "ms"),
        ("工作温度-40℃～85℃", "工作温度", Comparison.BETWEEN, -40, 85, "℃"),
        ("预算3亿元以内", "预算", Comparison.AT_MOST, 3, None, "亿元"),
        ("TRL不低于6级", "TRL", Comparison.AT_LEAST, 6, None, "TRL"),
        ("accuracy of at least 98.5%", "accuracy", Comparison.AT_LEAST, 98.5, None, "%"),
        ("系统应支持多语言界面", None, None, None, None, None),
        ("防护等级不低于IP67", None, None, None, None, None),
    ],
)
def test_a_figure_fills_the_clause(
    text: str,
    metric: str | None,
    operator: Comparison | None,
    value: float | None,
    upper: float | None,
    unit: str | None,
) -> None:
    clause = read(text)
    assert (clause.metric, clause.operator, clause.value, clause.upper, clause.unit) == (
        metric,
        operator,
        value,
        upper,
        unit,
    )


@pytest.mark.parametrize("heading", ["三、交付与预算", "资质要求", "（二）安全和数据要求", "4. 性能指标", "商务要求"])
def test_a_heading_without_a_colon_is_left_out(heading: str) -> None:
    assert texts(f"{heading}\n支持甲协议；支持乙协议") == ["支持甲协议", "支持乙协议"]


def test_a_clause_that_is_said_twice_is_one() -> None:
    assert texts("识别准确率≥95%。支持离线部署。识别准确率≥95%。") == ["识别准确率≥95%", "支持离线部署"]


def test_service_round_the_clock_is_a_clause_of_its_own() -> None:
    assert texts("响应时间5-10ms，24/7运行") == ["响应时间5-10ms", "24/7运行"]


def test_a_text_of_background_only_is_still_read() -> None:
    text = "本公司目前在花椒加工中存在苦味难以去除的难题"
    assert texts(text) == [text]


@pytest.mark.parametrize("text", ["", " \n\t", "。。；；", "12345", "①②③", "需求内容："])
def test_a_text_that_says_nothing_has_no_clauses(text: str) -> None:
    assert split(text) == []


def test_control_and_surrogate_characters_become_blanks() -> None:
    (found,) = split("须支持\x00离线\ud800部署")
    assert found.clause == Clause(kind=ClauseKind.FUNCTION, text="须支持 离线 部署", is_hard=True)


def test_a_sentence_without_end_is_cut() -> None:
    (found,) = split("须支持" + "很" * 200_000)
    assert len(found.clause.text) == LONGEST


@given(
    st.text(
        alphabet=st.sampled_from(
            list("须应支持不得准确率≥95%，。；：、（1）①一\n 需求内容目前本公司abc.must and50ms-")
        ),
        max_size=120,
    )
)
def test_any_text_yields_ordered_clauses_inside_it(text: str) -> None:
    end = 0
    for found in split(text):
        assert end <= found.span.start < found.span.end <= len(text)
        assert text[found.span.start : found.span.end] == found.span.text
        assert found.clause.text.endswith(found.span.text)
        end = found.span.end


@given(st.text(max_size=300))
def test_no_text_breaks_the_splitting(text: str) -> None:
    assert all(found.clause.text.endswith(found.span.text) for found in split(text))
