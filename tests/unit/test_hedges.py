"""What an offer denies, postpones or narrows is not taken for what it can do."""

import pytest

from common.contracts.matcher import Outcome
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("识别准确率不低于95%", "识别准确率未达到95%", MISSED),
        ("识别准确率不低于95%", "识别准确率尚未达到95%", MISSED),
        ("识别准确率不低于95%", "识别准确率达不到95%", MISSED),
        ("识别准确率不低于95%", "识别准确率不足95%", MISSED),
        ("识别准确率不低于90%", "识别准确率不足95%", UNTOLD),
        ("响应时间不超过50ms", "响应时间未能达到50ms", MISSED),
        ("接入摄像机不得不足200路", "可接入摄像机不足200路", MISSED),
        ("接入摄像机不少于100路", "可接入摄像机不足200路", UNTOLD),
        ("Recognition accuracy of at least 98%", "Recognition accuracy has not yet reached 98%", MISSED),
        ("Recognition accuracy of at least 98%", "Recognition accuracy falls short of 98%", MISSED),
        ("识别准确率不低于98%", "Recognition accuracy does not reach 98%", MISSED),
        ("识别准确率不低于98%", "Recognition accuracy reaches 98%", MET),
    ],
)
def test_a_figure_that_was_not_reached_is_no_result(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile"),
    [
        ("识别准确率不低于95%", "识别准确率可望达到98%"),
        ("识别准确率不低于95%", "力争2027年识别准确率达到98%"),
        ("识别准确率不低于95%", "我司计划于2027年底前，将识别准确率提升至98%"),
        ("识别准确率不低于95%", "识别准确率预计可达98%"),
        ("识别准确率不低于95%", "识别准确率理论上可达98%"),
        ("识别准确率不低于95%", "拟将识别准确率提升至98%"),
        ("识别准确率不低于95%", "研发目标：识别准确率98%"),
        ("识别准确率不低于95%", "We expect recognition accuracy of 99% by 2028"),
        ("Recognition accuracy of at least 98%", "Target: recognition accuracy 99%"),
        ("Recognition accuracy of at least 98%", "Our target is a recognition accuracy of 99%"),
        ("支持离线运行", "可望支持离线运行"),
        ("支持离线运行", "离线运行需另行开发"),
        ("must support hot swapping", "Hot swapping comes with the next release"),
        ("具备CMMI 5级认证", "拟申报CMMI 5级"),
        ("具有三类医疗器械注册证", "三类医疗器械注册证审评中"),
        ("具有三类医疗器械注册证", "三类医疗器械注册申请已受理"),
    ],
)
def test_a_plan_is_neither_met_nor_missed(clause: str, profile: str) -> None:
    assert outcome(clause, profile) is UNTOLD


@pytest.mark.parametrize(
    ("clause", "profile"),
    [
        ("支持作业计划达到分钟级更新", "作业计划达到分钟级更新"),
        ("目标识别准确率不低于95%", "检测目标为船舶时，目标识别准确率98%"),
        ("支持曲线拟合", "支持曲线拟合，拟合误差小"),
        ("支持参数按需定制", "支持参数按需定制"),
        ("安装无需额外布线", "安装无需额外布线"),
        ("设备具有待机功能", "设备具有待机功能"),
        ("识别准确率不低于95%", "计划2027年扩大产能，识别准确率98%"),
        ("performance as expected by IEC 61508", "IEC 61508 certified, as expected of a safety relay"),
    ],
)
def test_not_every_plan_is_a_postponement(clause: str, profile: str) -> None:
    assert outcome(clause, profile) is MET


def test_a_readiness_level_that_is_planned_does_not_count() -> None:
    assert outcome("技术成熟度不低于TRL 6", "目前TRL 5，计划2027年达到TRL 7") is MISSED
    assert outcome("技术成熟度不低于TRL 6", "计划2027年达到TRL 7") is UNTOLD
