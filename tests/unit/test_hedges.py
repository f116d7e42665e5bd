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
