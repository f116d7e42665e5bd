"""A stated figure is weighed only where it is of what was asked, and only as far as it is exact."""

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.judge import judge
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome, says


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
        ("系统响应时间不超过2秒", "页面响应时间1秒", UNTOLD),
        ("系统响应时间不超过2秒", "接口响应时间3秒", UNTOLD),
        ("系统响应时间不超过2秒", "平台响应时间1秒", MET),
        ("系统页面响应时间不超过2秒", "页面响应时间1秒", MET),
        ("铁水温度测量误差≤5℃", "炉温测量误差3℃", UNTOLD),
        ("铁水温度测量误差≤5℃", "炉温测量误差8℃", UNTOLD),
        ("铁水温度测量误差≤5℃", "铁水测温误差3℃", MET),
        ("铁水温度测量范围1200~1600℃", "炉温测量范围1000~1700℃", UNTOLD),
        ("铁水温度测量范围1200~1600℃", "铁水测温范围1000~1700℃", MET),
        ("环境温度-20~50℃", "工作温度-30~60℃", MET),
        ("设备工作环境温度-20~50℃", "使用温度范围-30~60℃", MET),
        ("储存温度-20~50℃", "工作温度-30~60℃", MET),
        ("system response time within 2 s", "page response time 1 s", UNTOLD),
        ("错误识别率不高于3%", "误识别率5%", MISSED),
    ],
)
def test_a_figure_of_another_thing_decides_nothing(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("检测灵敏度不低于1ppm", "检测灵敏度0.5ppm", UNTOLD),
        ("检测灵敏度不低于1ppm", "检测灵敏度1ppm", MET),
        ("检测灵敏度（检出限）不低于1ppm", "检出限0.5ppm", UNTOLD),
        ("检测灵敏度（检出限）不低于1ppm", "检出限2ppm", UNTOLD),
        ("检测灵敏度不低于1mg/L", "灵敏度0.5mg/L", UNTOLD),
        ("检测灵敏度优于1ppm", "检测灵敏度0.5ppm", MET),
        ("检测灵敏度优于1ppm", "检测灵敏度2ppm", MISSED),
        ("检出限不高于1ppb", "检测下限0.5ppb", MET),
        ("检出限不高于1mg/L", "检出限2mg/L", MISSED),
        ("灵敏度不低于95%", "灵敏度90%", MISSED),
        ("测温灵敏度优于0.1℃", "测温灵敏度0.05℃", MET),
        ("测温灵敏度优于0.1℃", "测温灵敏度0.2℃", MISSED),
        ("接收灵敏度不高于-90dBm", "接收灵敏度-95dBm", MET),
        ("接收灵敏度不低于-90dBm", "接收灵敏度-95dBm", UNTOLD),
    ],
)
def test_what_is_detected_at_a_trace_is_better_the_smaller_it_is(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("识别准确率不低于95%", "识别准确率约95%", UNTOLD),
        ("识别准确率不低于95%", "识别准确率接近95%", UNTOLD),
        ("识别准确率不低于95%", "识别准确率95%左右", UNTOLD),
        ("识别准确率不低于95%", "识别准确率约98%", MET),
        ("识别准确率不低于95%", "识别准确率约90%", MISSED),
        ("时延不超过20ms", "时延约20ms", UNTOLD),
        ("时延不超过20ms", "时延约15ms", MET),
        ("接入不少于200路", "接入近200路", UNTOLD),
        ("处理量不低于500吨/天", "处理量约600吨/天", MET),
        ("accuracy of at least 95%", "nearly 95% accuracy", UNTOLD),
    ],
)
def test_a_rough_figure_at_the_bound_leaves_it_open(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("检测范围0-100ppm", "检测范围0~50ppm", MISSED),
        ("检测范围0-100ppm", "检测范围0~200ppm", MET),
        ("测量范围-50~150℃", "测量范围0~200℃", MISSED),
        ("流量范围10~100m³/h", "流量60m³/h", UNTOLD),
        ("使用寿命不少于10年", "使用寿命8~12年", UNTOLD),
        ("使用寿命不少于10年", "使用寿命12~15年", MET),
        ("续航时间不少于6小时", "续航时间最长可达8小时", MET),
        ("粒径1~5μm", "粒径2~4μm", UNTOLD),
        ("粒径1~5μm", "粒径3μm", MET),
        ("粒径1~5μm", "粒径8~10μm", MISSED),
    ],
)
def test_a_range_asked_for_is_to_be_covered(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("支持5G通信", "支持4G通信", UNTOLD),
        ("支持5G通信", "支持4G/5G通信", MET),
        ("支持45英尺集装箱识别", "支持20英尺集装箱识别", UNTOLD),
        ("支持H.265视频编码", "支持H.264视频编码", UNTOLD),
        ("3、支持离线运行", "支持离线运行", MET),
    ],
)
def test_a_number_in_plain_words_must_be_the_same(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("定位精度不大于1nm", "定位精度2nm", MISSED),
        ("检出限不高于0.1ppb", "检出限0.5ppb", MISSED),
        ("响应时间不超过1ns", "响应时间1.5ns", MISSED),
        ("工作温度不低于32℉", "工作温度0℃", MET),
        ("耐压不低于1.1MPa", "耐压1100kPa", MET),
    ],
)
def test_the_smallest_units_are_told_apart(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("吨水电耗不高于0.5kWh/m³", "吨水电耗0.4度", MET),
        ("吨水电耗不高于0.5kWh/m³", "吨水电耗0.6度", MISSED),
        ("吨钢能耗不高于500kWh/吨", "吨钢能耗450度", MET),
        ("电耗不高于500kWh/t", "电耗450度/吨", MET),
        ("处理能力不低于500t/d", "日处理量600吨", MET),
        ("处理能力不低于500吨/天", "日处理能力400吨", MISSED),
        ("日处理量不低于500吨", "日处理量600吨", MET),
        ("日处理量不低于500吨", "处理量400t/d", MISSED),
        ("支持不少于500并发用户", "支持1000并发用户", MET),
        ("并发用户数不少于500", "支持300并发用户", MISSED),
        ("数据保存期限不少于3年", "数据保存5年", MET),
        ("数据保存期限不少于3年", "数据留存2年", MISSED),
        ("投资期限不少于3年", "数据保存5年", UNTOLD),
        ("耐高温不低于1000K", "耐高温1200K", MET),
        ("耐高温不低于1000K", "耐高温800℃", MET),
        ("温差不大于5K", "温差3℃", MET),
    ],
)
def test_plain_evidence_in_other_words_is_read(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


def test_a_unit_given_without_its_day_is_that_of_the_clauses_words() -> None:
    clause = clause_of("日处理量不低于500吨").model_copy(update={"unit": "吨"})
    assert judge(clause, 0, says("处理量600t/d")).outcome is MET
    clause = clause_of("吨水电耗不高于0.5度").model_copy(update={"unit": "度"})
    assert judge(clause, 0, says("吨水电耗0.4kWh/m³")).outcome is MET


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("误码率不高于1/10000", "误码率十万分之一", MET),
        ("误码率不高于万分之一", "误码率1/100000", MET),
        ("误码率不高于万分之一", "误码率1/1000", MISSED),
        ("误报率不高于千分之五", "误报率0.3%", MET),
        ("能耗降低不少于三分之一", "能耗降低30%", MISSED),
        ("能耗降低不少于三分之一", "能耗降低40%", MET),
        ("覆盖率不低于百分之百", "覆盖率95%", MISSED),
    ],
)
def test_a_fraction_is_compared_as_the_share_it_is(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected
