"""Figures in Chinese and English prose are read with their unit, range, comparison and place."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.quantities import Quantity, find, fold
from matcher.engine.facts.units import UNITS, is_comparable


def only(text: str) -> Quantity:
    (quantity,) = find(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "cue", "value", "symbol"),
    [
        ("识别准确率≥ 95 %", Cue.AT_LEAST, 95, "%"),
        ("准确率不低于95%", Cue.AT_LEAST, 95, "%"),
        ("收得率大于85%（含85%）", Cue.AT_LEAST, 85, "%"),
        ("孔隙率小于3%(含)", Cue.AT_MOST, 3, "%"),
        ("扬程40米以上（不含）", Cue.MORE_THAN, 40, "米"),
        ("命中率超88%", Cue.MORE_THAN, 88, "%"),
        ("用户超30万人", Cue.MORE_THAN, 30, "万人"),
        ("时延不得超30ms", Cue.AT_MOST, 30, "ms"),
        ("准确率不得低于９５％", Cue.AT_LEAST, 95, "%"),
        ("接入摄像机不少于200路", Cue.AT_LEAST, 200, "路"),
        ("至少支持200路视频", Cue.AT_LEAST, 200, "路"),
        ("准确率在95%以上", Cue.AT_LEAST, 95, "%"),
        ("达到95%以上", Cue.AT_LEAST, 95, "%"),
        ("at least 200 units", Cue.AT_LEAST, 200, "units"),
        ("accuracy of 95% or more", Cue.AT_LEAST, 95, "%"),
        ("no less than 3 years", Cue.AT_LEAST, 3, "years"),
        ("时延≤ 50 ms", Cue.AT_MOST, 50, "ms"),
        ("within 50 ms", Cue.AT_MOST, 50, "ms"),
        ("延迟不超过50毫秒", Cue.AT_MOST, 50, "毫秒"),
        ("90天内交付", Cue.AT_MOST, 90, "天"),
        ("三个月以内", Cue.AT_MOST, 3, "个月"),
        ("定位精度±0.1mm", Cue.WITHIN, 0.1, "mm"),
        ("噪声降至40分贝", Cue.AT_MOST, 40, "分贝"),
        ("延迟小于50毫秒", Cue.LESS_THAN, 50, "毫秒"),
        ("latency below 50 ms", Cue.LESS_THAN, 50, "ms"),
        ("首效＞89%", Cue.MORE_THAN, 89, "%"),
        ("精度优于5厘米", Cue.BETTER, 5, "厘米"),
        ("能量密度达到300wh/kg", Cue.REACH, 300, "wh/kg"),
        ("识别率98.5%", None, 98.5, "%"),
        ("1,000 万元", None, 1000, "万元"),
        ("3亿元", None, 3, "亿元"),
        ("十二万元", None, 120000, "元"),
        ("RMB 10 million", None, 10_000_000, "元"),
        ("¥300,000", None, 300_000, "元"),
        ("三十台", None, 30, "台"),
        ("5千台", None, 5000, "台"),
        ("5千瓦", None, 5, "千瓦"),
        ("30万千瓦", None, 300_000, "千瓦"),
        ("TRL 6", None, 6, "TRL"),
        ("TRL≥7", Cue.AT_LEAST, 7, "TRL"),
        ("技术成熟度不低于7级", Cue.AT_LEAST, 7, "TRL"),
        ("抗风6级", None, 6, "级"),
        ("24小时", None, 24, "小时"),
        ("提供7×24小时服务", None, 168, "h/week"),
        ("24/7 support", None, 168, "h/week"),
        ("误码率≤10^-6", Cue.AT_MOST, 1e-6, ""),
        ("误码率10⁻⁶", None, 1e-6, ""),
        ("漏检率1e-6", None, 1e-6, ""),
        ("寿命1×10^5次", None, 100_000, "次"),
        ("F1≥0.9", Cue.AT_LEAST, 0.9, ""),
        ("每秒30帧", None, 30, "帧/秒"),
        ("每小时处理不少于60箱", Cue.AT_LEAST, 60, "箱/小时"),
        ("百分之九十五以上", Cue.AT_LEAST, 95, "%"),
        ("千分之三", None, 3, "‰"),
        ("百分之九十五点五以上", Cue.AT_LEAST, 95.5, "%"),
        ("不高于三点五万元", Cue.AT_MOST, 3.5, "万元"),
        ("半年内", Cue.AT_MOST, 0.5, "年"),
        ("耐高温1700度以上", Cue.AT_LEAST, 1700, "℃"),
        ("可旋转90度", None, 90, "度"),
        ("零下30℃", None, -30, "℃"),
        ("启动温度不高于零下30℃", Cue.AT_MOST, -30, "℃"),
        ("零下三十摄氏度", None, -30, "摄氏度"),
        ("below minus 30 °C", Cue.LESS_THAN, -30, "°C"),
        ("浓度≤1e-6mol/L", Cue.AT_MOST, 1e-6, "mol/L"),
        ("寿命≥1e5次", Cue.AT_LEAST, 100_000, "次"),
        ("启动温度-30℃", None, -30, "℃"),
        ("支持十万级并发", None, 100_000, ""),
        ("并发用户数不少于5万", Cue.AT_LEAST, 50_000, ""),
        ("Ten-year warranty", None, 10, "year"),
        ("no less than three years", Cue.AT_LEAST, 3, "years"),
    ],
)
def test_a_figure_is_read_with_its_comparison_and_unit(text: str, cue: Cue | None, value: float, symbol: str) -> None:
    quantity = only(text)
    assert (quantity.cue, quantity.value, quantity.upper, quantity.unit.symbol) == (cue, value, None, symbol)


@pytest.mark.parametrize(
    ("text", "value", "symbol"),
    [
        ("日耗电80度", 80, "kWh"),
        ("电耗450度/吨", 450, "kWh/吨"),
        ("吨水电耗不高于0.4度", 0.4, "kWh/m³"),
        ("吨钢综合能耗约450kWh", 450, "kWh/t"),
        ("处理10000吨，能耗450kWh", 450, "kWh"),
        ("日处理量达到600吨", 600, "吨/天"),
        ("日处理能力不低于600立方米", 600, "立方米/天"),
        ("工作日处理600吨", 600, "吨"),
        ("小时产量20吨", 20, "吨/小时"),
        ("工作温度350K", 350, "K"),
        ("支持1000并发用户", 1000, "并发用户"),
        ("旋转90度用电", 90, "度"),
    ],
)
def test_the_words_before_a_figure_complete_its_unit(text: str, value: float, symbol: str) -> None:
    quantity = find(text)[-1]
    assert (quantity.value, quantity.unit.symbol) == (value, symbol)


@pytest.mark.parametrize(
    ("text", "value", "symbol"),
    [
        ("误码率≤1/10000", 1e-4, ""),
        ("误码率不高于 1/100000", 1e-5, ""),
        ("功耗降至三分之一", 100 / 3, "%"),
        ("坡度不大于1/50", 0.02, ""),
        ("误码率不高于万分之一", 0.01, "%"),
        ("误码率不高于十万分之一", 0.001, "%"),
        ("误码率不高于百万分之五", 0.0005, "%"),
        ("误报率不高于千分之五", 5, "‰"),
        ("准确率不低于百分之九十五", 95, "%"),
        ("不少于四分之三", 75, "%"),
        ("配1/4英寸探头", 0.25, "英寸"),
        ("载重8/12t", 12, "t"),
    ],
)
def test_a_fraction_is_read_as_one_number(text: str, value: float, symbol: str) -> None:
    quantity = only(text)
    assert quantity.unit.symbol == symbol
    assert math.isclose(quantity.value, value)


@pytest.mark.parametrize(
    "text",
    [
        "误码率≤1e-400",
        "误码率≤1e-400%",
        "≥0/0%",
        "≥5/0%",
        "不低于零分之一",
        "≤10^-400",
        "≤1×10^-400%",
        "接口1/2/3",
        "≥1e400%",
    ],
)
def test_a_number_too_small_or_none_at_all_is_not_taken_for_another(text: str) -> None:
    assert find(text) == []


def test_a_difference_in_kelvin_is_one_in_degrees() -> None:
    assert only("温差不大于5K").unit.to_base(5) == 5
    assert math.isclose(only("工作温度350K").unit.to_base(350), 76.85)


@pytest.mark.parametrize(
    ("text", "low", "high", "symbol"),
    [
        ("-40℃～85℃", -40, 85, "℃"),
        ("-40~-10℃", -40, -10, "℃"),
        ("零下40℃至85℃", -40, 85, "℃"),
        ("零下40℃至零下10℃", -40, -10, "℃"),
        ("-20～+60℃", -20, 60, "℃"),
        ("from -20 °C to 60 °C", -20, 60, "°C"),
        ("8~15t", 8, 15, "t"),
        ("between 5 and 10 t", 5, 10, "t"),
        ("70---80分贝", 70, 80, "分贝"),
        ("500万-3000万元", 500, 3000, "万元"),
        ("5-10万台", 5, 10, "万台"),
        ("RMB 3 to 5 million", 3_000_000, 5_000_000, "元"),
        ("800g~1.2kg", 0.8, 1.2, "kg"),
        ("20±0.5mm", 19.5, 20.5, "mm"),
        ("380V±10%", 342.0, 418.0, "V"),
        ("35 +/- 5Hz", 30, 40, "Hz"),
        ("120 ± 8 mm", 112, 128, "mm"),
    ],
)
def test_a_range_has_both_ends_in_one_unit(text: str, low: float, high: float, symbol: str) -> None:
    quantity = only(text)
    assert (quantity.value, quantity.upper, quantity.unit.symbol) == (low, high, symbol)


@pytest.mark.parametrize(
    "text",
    [
        "5G网络", "4K视频", "3D打印", "IP67", "H.264", "GB/T 31485-2015", "2026年3月15日", "2018-2020年",
        "第三方", "一个平台", "一体化", "5天线", "3路由器", "1、建设", "①②", "2-甲基呋喃", "版本2.0", "0.5C充",
        "Q235B", "UL 9540A", "ISO 27001", "one year", "二次利用", "两个方面", "3d打印", "",
        "准确率≥1e400%", "型号2E10X", "浓度≤10^999999999999ppm",
    ],
)  # fmt: skip
def test_a_number_that_measures_nothing_is_left_out(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("试模次数由26模降到8模", 8), ("含水量由75%左右降至12%", 12), ("由原来的每天600度电降至450度", 450),
        ("Gate time fell from 95 s to 41 s", 41), ("Output rose from 20 t/h to 35 t/h", 35),
    ],
)  # fmt: skip
def test_what_a_figure_was_before_is_left_out(text: str, value: float) -> None:
    assert only(text).value == value
    assert only(text).upper is None


def test_a_condition_is_no_bound() -> None:
    assert only("在0.8特斯拉以下弱磁场中的响应").cue is None
    assert only("绝热温变在3开尔文以上").cue is Cue.AT_LEAST


def test_figures_of_one_sentence_are_found_in_order() -> None:
    text = "克容量400-600mAh/g，首效＞89%，Fe含量＜40 ppm，比表面积＜1.8 m2/g，振实密度＞1.1 g/cm3"
    found = [text[q.start : q.end] for q in find(text)]
    assert found == ["400-600mAh/g", "＞89%", "＜40 ppm", "＜1.8 m2/g", "＞1.1 g/cm3"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.95", "95%"), ("5000 ms", "5 s"), ("36 km/h", "10 m/s"), ("1 节", "1.852 km/h"), ("1 Gbps", "1000 Mbps"),
        ("1 GB/s", "8 Gbps"), ("2 TB", "2000 GB"), ("1 MPa", "10 bar"), ("3亿元", "30000万元"), ("1 公顷", "10000 m²"),
        ("1 kWh", "3.6 MJ"), ("60 rpm", "1 转/秒"), ("30 fps", "30帧/秒"), ("500 ppm", "0.5‰"), ("2 t/h", "48 吨/天"),
        ("32 ℉", "0 ℃"), ("1 kW", "1千瓦"), ("1 L", "1000 毫升"), ("12个月", "1年"), ("1 mg/L", "1 g/m³"),
        ("1 kn", "1节"),
    ],
)  # fmt: skip
def test_the_same_measure_in_two_units_is_equal(one: str, other: str) -> None:
    left, right = only(one), only(other)
    assert is_comparable(left.unit.dimension, right.unit.dimension)
    assert math.isclose(left.unit.to_base(left.value), right.unit.to_base(right.value), rel_tol=1e-9, abs_tol=1e-9)


@given(st.integers(0, 10**6), st.sampled_from(sorted(UNITS)), st.sampled_from(["≥", "不低于", "at least ", ""]))
def test_every_unit_is_read_back_after_any_number(value: int, symbol: str, cue: str) -> None:
    quantity = only(f"指标{cue}{value} {symbol}")
    in_context = {"度", "级"}
    assert quantity.unit.symbol == fold(symbol) or symbol in in_context
    assert quantity.value == value


@given(
    st.text(
        alphabet=st.sampled_from(
            list("0123456789.,-~±%年月万亿元千百十一二半台个Kgmst/每·^×eE 至到≥不低于以上\n℃㎡①TRL￥")
        ),
        max_size=60,
    )
)
def test_any_text_yields_ordered_finite_quantities_inside_it(text: str) -> None:
    quantities = find(text)
    assert all(0 <= q.start <= q.figure_start < q.end <= len(text) for q in quantities)
    assert all(a.end <= b.start for a, b in pairwise(quantities))
    assert all(math.isfinite(q.value) and (q.upper is None or q.value <= q.upper) for q in quantities)


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert isinstance(find(text), list)


@pytest.mark.parametrize("text", ["9" * 200_000, "百分之" * 50_000, "九亿" * 50_000 + "台", "-" * 100_000, "1e999台"])
def test_absurd_input_is_neither_slow_nor_fatal(text: str) -> None:
    assert find(text) == []
