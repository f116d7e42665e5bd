"""What an offer denies, postpones or narrows is not taken for what it can do."""

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.judge import judge
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome, says


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
        ("支持巡检计划完成情况统计", "支持巡检计划完成情况统计"),
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


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("取得欧盟CE认证", "产品未做CE认证", MISSED),
        ("须通过ISO 27001认证", "ISO 27001认证尚未取得", MISSED),
        ("须通过ISO 27001认证", "ISO 9001认证尚未取得但ISO 27001认证已取得", MET),
        ("须通过ISO 27001认证", "已通过ISO 27001认证，尚未取得ISO 9001认证", MET),
        ("须通过ISO 27001认证", "ISO 27001证书已过期", UNTOLD),
        ("须通过ISO 27001认证", "ISO 27001旧证书已到期，2025年重新取得ISO 27001证书", MET),
        ("Must be certified to ISO 13485", "Our ISO 13485 certificate has expired", UNTOLD),
        ("Must be certified to ISO 13485", "ISO 13485 certification was never obtained", MISSED),
        ("系统须支持信创环境", "暂未适配信创环境", MISSED),
        ("系统须支持信创环境", "已适配信创环境", MET),
    ],
)
def test_a_name_that_is_denied_or_has_lapsed_is_not_held(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("支持离线运行", "离线运行功能未上线", MISSED),
        ("支持岸桥远程操控", "岸桥远程操控不在供货范围", MISSED),
        ("支持岸桥远程操控", "岸桥远程操控不属于本项目范围", MISSED),
        ("提供源代码", "源代码不开放", MISSED),
        ("采用激光雷达方案", "不采用激光雷达，采用毫米波雷达", MISSED),
        ("支持危险品箱识别", "除危险品箱外均可识别", MISSED),
        ("支持危险品箱识别", "可识别除危险品箱以外的各类箱型", MISSED),
        ("支持危险品箱识别", "除普通箱外，还可识别危险品箱", MET),
        ("支持危险品箱识别", "除危险品箱外，还可识别冷藏箱", MET),
        ("must support reefer containers", "All containers except reefer containers are supported", MISSED),
        ("支持离线运行", "仅支持在线运行", MISSED),
        ("支持离线运行", "支持在线运行", UNTOLD),
        ("支持离线运行", "支持在线与离线运行", MET),
        ("支持室外作业", "适合室内外作业", MET),
        ("must handle reefer containers", "Handles dry containers but not reefer containers", MISSED),
        ("支持岸桥远程操控", "提供岸桥远程操控系统，已在三个码头应用", MET),
    ],
)
def test_words_that_are_denied_or_excepted_are_not_said(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("无需改造既有线路", "安装时需要改造既有线路", MISSED),
        ("无需改造既有线路", "安装时无需改造既有线路", MET),
        ("无需停机即可更换滤芯", "更换滤芯需停机", MISSED),
        ("支持不停车检测", "检测时需停车", MISSED),
        ("支持不停车检测", "支持不停车检测", MET),
        ("支持不停车检测", "暂不支持不停车检测", MISSED),
        ("检测过程中不接触样品", "非接触式检测，不接触样品", MET),
        ("近三年无重大安全事故", "近三年未发生重大安全事故", MET),
        ("支持未佩戴安全帽识别", "可识别未佩戴安全帽的人员", MET),
    ],
)
def test_a_clause_that_asks_for_an_absence_is_met_by_one(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("支持离线运行", "Offline-Betrieb wird nicht unterstützt", UNTOLD),
        ("支持离线运行", "Offline-Betrieb ist geplant", UNTOLD),
        ("支持离线运行", "オフライン運転には対応していません", UNTOLD),
        ("通过ISO 9001认证", "ISO 9001 nicht zertifiziert", UNTOLD),
        ("通过ISO 9001认证", "ISO 9001認証は取得していません", UNTOLD),
        ("通过ISO 9001认证", "ISO 9001 сертификата нет", UNTOLD),
        ("通过ISO 9001认证", "Сертифицировано по ISO 9001", MET),
        ("通过ISO 9001认证", "ISO 9001認証取得済み", MET),
        ("识别准确率不低于95%", "認識精度98%を達成", MET),
        ("识别准确率不低于95%", "認識精度98%は未だ達成していません", UNTOLD),
        ("通过ISO 9001认证", "DAS and MIT licence, ISO 9001 certified", MET),
    ],
)
def test_a_denial_in_a_third_language_is_not_taken_for_a_claim(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("识别准确率≥95%", "行业平均识别准确率96%", UNTOLD),
        ("识别准确率≥95%", "客户要求识别准确率96%", UNTOLD),
        ("识别准确率≥95%", "识别准确率曾达到96%", UNTOLD),
        ("识别准确率≥95%", "仿真环境下识别准确率97%", UNTOLD),
        ("识别准确率≥95%", "识别准确率96%（目标值）", UNTOLD),
        ("识别准确率≥95%", "满足客户要求的识别准确率96%", MET),
        ("accuracy ≥ 95%", "competitors reach an accuracy of 96%", UNTOLD),
        ("accuracy ≥ 95%", "accuracy 96% in simulation", UNTOLD),
        ("accuracy ≥ 95%", "accuracy 96% with no training required", MET),
        ("报价不超过100万元", "报价100万元起", UNTOLD),
        ("支持船舶自动识别", "船舶自动识别尚处于实验室阶段", UNTOLD),
        ("支持船舶自动识别", "可定制开发船舶自动识别功能", UNTOLD),
        ("支持船舶自动识别", "船舶自动识别功能已停售", MISSED),
        ("must support offline mode", "offline mode was discontinued", MISSED),
    ],
)
def test_what_is_not_the_offers_own_or_not_of_today_proves_nothing(
    clause: str, profile: str, expected: Outcome
) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("支持离线运行", "原系统不支持离线运行，升级后已支持", MET),
        ("支持离线运行", "原系统不支持离线运行，升级后已支持离线运行", MET),
        ("支持离线运行", "早期版本不支持离线运行，现已支持", MET),
        ("支持离线运行", "旧版不支持离线运行，新版支持离线运行", MET),
        ("支持离线运行", "以前不支持离线运行，目前已支持离线运行", MET),
        ("支持离线运行", "旧版不支持离线运行，新版仍不支持", MISSED),
        ("支持离线运行", "旧版不支持离线运行，新版计划支持", UNTOLD),
        ("支持离线运行", "旧版不支持离线运行", UNTOLD),
        ("支持离线运行", "旧版支持离线运行，新版不再支持离线运行", MISSED),
        ("支持离线运行", "原有设备接入后不支持离线运行", MISSED),
        ("支持MQTT协议", "原系统不支持MQTT协议，升级后已支持MQTT协议", MET),
        ("支持MQTT协议", "旧版不支持MQTT协议，升级后已支持", UNTOLD),
        ("must support offline mode", "Previously offline mode was not supported, now it is supported", MET),
    ],
)
def test_what_was_denied_of_before_is_decided_by_what_is_said_of_today(
    clause: str, profile: str, expected: Outcome
) -> None:
    assert outcome(clause, profile) is expected


def test_what_is_not_accepted_is_not_met_by_offering_it() -> None:
    assert outcome("不接受联合体投标", "可组成联合体投标") is UNTOLD
    assert outcome("不接受联合体投标", "独立投标，不组成联合体投标") is MET


def test_what_is_forbidden_is_kept_by_words_about_it() -> None:
    clause, evidence = clause_of("不得使用境外云服务"), says("Offline operation is not supported. Made in Qingdao.")
    assert judge(clause, 0, evidence, cosines=[0.88, 0.78]).outcome is UNTOLD
    kept = says("No overseas cloud service is used. Made in Qingdao.")
    assert judge(clause, 0, kept, cosines=[0.88, 0.78]).outcome is MET


@pytest.mark.parametrize("sentence", ["Decision support", "Portal H-5", "In service on 140 jetties worldwide"])
def test_a_name_or_an_idle_word_of_another_language_says_nothing(sentence: str) -> None:
    evidence = says(f"{sentence}. Spare parts are kept in stock. Lens wiper included.")
    assert judge(clause_of("支持月壤钻取服务"), 0, evidence, cosines=[0.88, 0.78, 0.78]).outcome is UNTOLD
