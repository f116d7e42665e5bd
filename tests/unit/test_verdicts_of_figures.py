"""A stated figure is weighed only where it is of what was asked, and only as far as it is exact."""

import pytest

from common.contracts.matcher import Outcome
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("集卡定位误差不超过10cm", "吊具定位误差20cm", UNTOLD),
        ("集卡定位误差不超过10cm", "吊具定位误差5cm", UNTOLD),
        ("集卡定位误差不超过10cm", "定位误差20cm", MISSED),
        ("集卡定位误差不超过10cm", "集卡定位误差5cm，吊具定位误差20cm", MET),
        ("冰箱噪声不高于38dB", "空调噪声45dB", UNTOLD),
        ("冰箱噪声不高于38dB", "运行噪声45dB", MISSED),
        ("水温测量误差≤0.1℃", "气温测量误差0.5℃", UNTOLD),
        ("主机功率≥500kW", "辅机功率200kW", UNTOLD),
        ("焊缝缺陷检出率≥95%", "焊接缺陷检出率97%", MET),
        ("缺陷识别准确率≥95%", "瑕疵识别准确率97%", MET),
        ("反应釜压力≥10MPa", "设计压力6.4MPa", MISSED),
        ("质保期不少于2年", "免费质保1年", MISSED),
        ("识别准确率不低于95%", "错误识别率5%", UNTOLD),
        ("错误识别率不高于3%", "误识别率5%", MISSED),
    ],
)
def test_a_figure_of_another_thing_decides_nothing(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected
