"""Numbers are read however they are written, and an approximate one as the interval it stands for."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.facts.numerals import chinese_value
from matcher.engine.facts.quantities import Quantity, find
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


def only(text: str) -> Quantity:
    (quantity,) = find(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "value", "symbol"),
    [
        ("起升质量两吨半", 2.5, "吨"), ("工期三个半月", 3.5, "个月"), ("续航五小时半", 5.5, "小时"),
        ("质保两年半", 2.5, "年"),
        ("年发货17万4件", 174_000, "件"), ("年发货17万4千件", 174_000, "件"), ("年发货3万6500件", 36_500, "件"),
        ("募资2亿3元", 230_000_000, "元"), ("年接诊四万二人", 42_000, "人"), ("两千三台", 2300, "台"),
        ("一千零五台", 1005, "台"),
        ("日产640 000只", 640_000, "只"), ("产值2，350万元", 2350, "万元"), ("注册资本叁仟万元", 3000, "万元"),
        ("合同额柒佰捌拾万元整", 780, "万元"), ("保证金伍万元", 5, "万元"), ("合格率九成八", 98, "%"),
        ("良品率八成半", 85, "%"),
        ("可用性三个9", 99.9, "%"), ("可靠性5个9", 99.999, "%"), ("误报率千分之二", 2, "‰"),
        ("损耗不足一成", 10, "%"),
        ("利用率达7.5成", 75, "%"), ("营收四亿五千万元", 45_000, "万元"), ("产值十二亿三千四百万元", 123_400, "万元"),
        ("储量一万亿吨", 1e12, "吨"), ("年销售6万3千5百件", 63_500, "件"), ("年產兩萬五千個", 25_000, "个"),
        ("装机一百千瓦", 100, "千瓦"), ("装机三十万千瓦", 300_000, "千瓦"), ("占八点五成", 85, "%"),
        ("占两成", 20, "%"),
        ("area of 660 square meters", 660, "m²"), ("16,000 metric tons", 16_000, "t"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_any_writing(text: str, value: float, symbol: str) -> None:
    quantity = only(text)
    meant = only(f"{value:.12g} {symbol}")
    assert quantity.unit.dimension == meant.unit.dimension
    assert math.isclose(quantity.unit.to_base(quantity.value), meant.unit.to_base(meant.value))


@pytest.mark.parametrize(
    ("text", "value", "high", "symbol"),
    [
        ("上百家", 100, 1000, "家"), ("上千台", 1000, 10_000, "台"), ("数十家", 20, 100, "家"),
        ("数百万元", 200, 1000, "万元"),
        ("几千人", 2000, 10_000, "人"), ("十几名", 11, 20, "名"), ("二十几天", 21, 30, "天"),
        ("十几万只", 110_000, 200_000, "只"),
        ("两三个月", 2, 4, "个月"), ("七八十台", 70, 90, "台"), ("三五万件", 3, 6, "万件"),
        ("百余家", 100, 200, "家"),
        ("三百余套", 300, 400, "套"), ("四十多人", 40, 50, "人"), ("六千多亩", 6000, 7000, "亩"),
        ("270余台", 270, 280, "台"),
        ("2.4万余平方米", 24_000, 25_000, "平方米"), ("500余万元", 500, 600, "万元"), ("数十万人", 20, 100, "万人"),
    ],
)  # fmt: skip
def test_an_approximate_number_is_an_interval(text: str, value: float, high: float, symbol: str) -> None:
    quantity = only(f"累计{text}")
    assert quantity.upper is not None
    assert quantity.is_rough
    low, top = (quantity.unit.to_base(end) for end in (quantity.value, quantity.upper))
    unit = next(iter(find(f"1{symbol}"))).unit
    assert math.isclose(low, unit.to_base(value))
    assert math.isclose(top, unit.to_base(high))


@pytest.mark.parametrize(
    "text",
    [
        "上百度搜索", "以上百分比", "第三第四", "一成不变", "年产三成品",
        "数十分钟爱", "半导体", "三四线城市", "1，2，3号线", "十多种",
    ],
)  # fmt: skip
def test_words_that_hold_numerals_are_no_numbers(text: str) -> None:
    assert [q for q in find(text) if q.unit.dimension not in ("time",)] == []


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("吊装重量不低于两吨半", "吊装重量2.3吨", MISSED),
        ("吊装重量不低于两吨半", "吊装重量2.6t", MET),
        ("年分拣邮件不少于21万5件", "年分拣邮件21万4千件", MISSED),
        ("年分拣邮件不少于21万5件", "年分拣邮件21万6千件", MET),
        ("注册资本不低于贰仟万元", "注册资本1800万元", MISSED),
        ("注册资本不低于贰仟万元", "注册资本叁仟伍佰万元", MET),
        ("分拣正确率不低于98%", "分拣正确率九成六", MISSED),
        ("分拣正确率不低于98%", "分拣正确率达九成九", MET),
        ("平台可用性不低于99.95%", "平台可用性达四个9", MET),
        ("平台可用性不低于99.95%", "平台可用性达三个9", MISSED),
        ("年产值不低于3，200万元", "年产值3，150万元", MISSED),
        ("年供货量不低于450 000件", "年供货量460 000件", MET),
        ("服务网点不少于60个", "服务网点上百个", MET),
        ("服务网点不少于60个", "服务网点数十个", UNTOLD),
        ("服务网点不少于60个", "服务网点十几个", MISSED),
        ("工程师不少于30人", "工程师二十多人", MISSED),
        ("工程师不少于30人", "工程师四十余人", MET),
        ("工程师不少于30人", "工程师三十余人", MET),
        ("工程师不少于35人", "工程师三十余人", UNTOLD),
        ("漏检率不高于千分之三", "漏检率0.2%", MET),
    ],
)
def test_a_figure_is_judged_as_it_is_written(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


def test_an_approximate_number_spans_its_words_and_asks_nothing() -> None:
    text = "现有浮标数十套"
    assert text[only(text).start :] == "数十套"
    assert clause_of(text).operator is None


def _written(value: int) -> str:
    """A number below ten thousand as Chinese prose writes it out in full."""
    digits = "零一二三四五六七八九"
    words = "".join(
        f"{digits[value // place % 10]}{name}" if value // place % 10 else "零"
        for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
    ).strip("零")
    while "零零" in words:
        words = words.replace("零零", "零")
    return words


@given(st.integers(1, 9999))
def test_every_number_written_out_is_read_back(value: int) -> None:
    assert chinese_value(_written(value)) == value


@given(st.integers(1, 99), st.integers(1, 9999))
def test_hundreds_of_millions_add_up(high: int, low: int) -> None:
    assert chinese_value(f"{_written(high)}亿{_written(low)}万") == high * 10**8 + low * 10**4


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_myriads_add_up(high: int, low: int) -> None:
    joint = "零" if low < 1000 else ""
    assert chinese_value(f"{_written(high)}万{joint}{_written(low)}") == high * 10_000 + low
