"""What arithmetic makes of a stated figure decides like the figure itself, and nothing else is made of it."""

import math

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.facts import derived, readings
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


@pytest.mark.parametrize("example", [line[2] for line in derived.complements()])
def test_both_sides_of_every_complement_are_equal(example: str) -> None:
    left, right = example.split(" = ")
    (made,) = derived.readings(left, readings.read(left))
    (stated,) = readings.read(right)
    assert made.name == stated.name
    assert math.isclose(made.quantity.value, stated.quantity.value)


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("焊点漏检率不高于1%", "焊点检出率99.4%", MET),
        ("焊点漏检率不高于1%", "焊点检出率98%", MISSED),
        ("焊点检出率不低于98%", "焊点漏检率≤1%", MET),
        ("票据识别准确率不低于99%", "票据识别错误率2%", MISSED),
        ("票据识别准确率不低于99%", "票据识别差错率0.4%", MET),
        ("封装良率不低于97%", "封装不良率2%", MET),
        ("封装良率不低于97%", "封装不良率5%", MISSED),
        ("漏检率不高于1%", "粉末检出率96%", UNTOLD),
        ("漏检率不高于1%", "重复单据识别召回率93%", UNTOLD),
        ("铝卷划痕漏检率不高于1%", "金属探测门检出率97%", UNTOLD),
        ("焊点误报率不高于1%", "焊点检出率99.4%", UNTOLD),
        ("贴片节拍不超过8秒/件", "贴片节拍每分钟10件", MET),
        ("贴片节拍不超过8秒/件", "贴片节拍每分钟5件", MISSED),
        ("推理帧率不低于25FPS", "推理每帧耗时30ms", MET),
        ("推理帧率不低于25FPS", "推理每帧耗时80ms", MISSED),
        ("蒸汽用量降低20%以上", "蒸汽用量降低至原来的70%", MET),
        ("蒸汽用量降低20%以上", "蒸汽用量为原来的85%", MISSED),
        ("装箱效率提升2倍以上", "装箱效率提升至原来的2.5倍", MISSED),
        ("装箱效率提升2倍以上", "装箱效率提升至原来的4倍", MET),
        ("云平台可用性不低于99.9%", "云平台年停机时间不超过5小时", MET),
        ("云平台可用性不低于99.9%", "云平台年停机时间20小时", MISSED),
        ("云平台可用性不低于99.9%", "云平台单次停机时间5小时", UNTOLD),
        ("焊点检出率不低于98%", "焊点检出率96%，漏检率4%", MISSED),
    ],
)
def test_a_derived_figure_decides(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected
