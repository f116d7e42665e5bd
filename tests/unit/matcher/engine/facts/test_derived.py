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


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        # A clause that names no object may mean any; what follows from a figure of an unnamed one decides nothing.
        ("漏检率不高于0.5%", "检出率96%", UNTOLD),
        ("漏检率不高于0.5%", "检出率99.8%", UNTOLD),
        ("漏检率不高于0.5%", "面向电路板焊膏印刷，产线速度每分80块，检出率99.7%", UNTOLD),
        ("漏检率低于1%", "布匹在线瑕疵检查，门幅1.8米，检出率95%", UNTOLD),
        ("漏检率低于1%", "用于旅客安检，扫描时间2秒，检出率97%，误报率5%", UNTOLD),
        ("漏报率≤2%", "森林烟火监测，召回率94%", UNTOLD),
        ("检出率不低于99%", "光纤周界报警，漏报率3%", UNTOLD),
        ("检出率不低于99%", "药瓶灯检机，漏检率0.05%", UNTOLD),
        ("召回率不低于90%", "合同文本查重，漏检率4%", UNTOLD),
        ("准确率不低于98%", "语音质检，错误率1%", UNTOLD),
        ("准确率不低于98%", "快递面单分拣，差错率5%", UNTOLD),
        ("合格率不低于99%", "铸件一次浇注，次品率2%", UNTOLD),
        ("成功率不低于95%", "航天器对接，失败率1%", UNTOLD),
        # What it names decides as before.
        ("门板漏检率不高于0.5%", "门板检出率99.8%", MET),
        ("门板漏检率不高于0.5%", "门板检出率96%", MISSED),
        ("药瓶检出率不低于99%", "药瓶漏检率0.05%", MET),
        ("面单分拣准确率不低于98%", "面单分拣差错率5%", MISSED),
        # So does a figure under the clause's own name.
        ("漏检率不高于0.5%", "漏检率0.2%", MET),
        ("漏检率不高于0.5%", "漏检率3%，检出率97%", MISSED),
        ("检出率不低于99%", "检出率96%，漏检率4%", MISSED),
    ],
)
def test_of_a_clause_without_an_object_a_derived_share_decides_nothing(
    clause: str, profile: str, expected: Outcome
) -> None:
    assert outcome(clause, profile) is expected
