"""Whatever takes the force from a claim takes it from a figure, a name, words and a level alike."""

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.modifiers.interpreter import RELATING, Category, Kind, rules
from matcher.engine.verdicts.judge import rule
from matcher.engine.verdicts.precedence import PRECEDENCE
from matcher.engine.verdicts.question import Question
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome, says

CLAIMS = {
    Kind.FIGURE: ("识别准确率不低于95%", "{}识别准确率达到98%{}"),
    Kind.NAME: ("具备CMMI 5级认证", "{}具备CMMI 5级认证{}"),
    Kind.WORDS: ("支持语音播报", "{}支持语音播报{}"),
    Kind.LEVEL: ("技术成熟度不低于TRL 6", "{}技术成熟度达到TRL 8{}"),
}
BEFORE = {
    Category.PLANNED: "预计将",
    Category.OTHER_PARTY: "竞品",
    Category.REQUIRED: "客户要求",
    Category.FORMER: "旧版",
    Category.FORMER_ONCE: "曾经是",
    Category.SIMULATED: "仿真环境下",
    Category.LABORATORY: "实验室条件下",
    Category.SOME_CASES: "部分产品",
    Category.PARTNER: "由合作伙伴提供的产品",
}
BEHIND = {Category.LAPSED: "，已过期", Category.OPTIONAL: "（选配）"}
DENIALS = {
    Kind.FIGURE: ("识别准确率未达到95%", MISSED),
    Kind.NAME: ("尚未取得CMMI 5级认证", MISSED),
    Kind.WORDS: ("不支持语音播报", MISSED),
    Kind.LEVEL: ("技术成熟度未达到TRL 6", MISSED),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_bare_claim_is_met(kind: Kind) -> None:
    clause, claim = CLAIMS[kind]
    assert outcome(clause, claim.format("", "")) is MET


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("category", [*BEFORE, *BEHIND])
def test_every_category_holds_for_every_kind_of_target(category: Category, kind: Kind) -> None:
    clause, claim = CLAIMS[kind]
    said = claim.format(BEFORE.get(category, ""), BEHIND.get(category, ""))
    ruling = rule(Question(clause_of(clause)), 0, says(said), None)
    assert ruling.outcome is UNTOLD, said
    deciding = {rule.id: rule.category for rule in rules()}
    assert kind is Kind.LEVEL or deciding[ruling.rule or ""] is category, (said, ruling.rule)


@pytest.mark.parametrize("kind", Kind)
def test_a_denial_is_a_miss_whatever_is_denied(kind: Kind) -> None:
    said, expected = DENIALS[kind]
    assert outcome(CLAIMS[kind][0], said) is expected


def test_the_table_has_every_category_that_decides() -> None:
    tested = {*BEFORE, *BEHIND, Category.DENIED, Category.MENTIONED}
    assert set(PRECEDENCE) == set(Category) - RELATING == tested
    assert all(set(by_kind) == set(Kind) for by_kind in PRECEDENCE.values())


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("具备CMMI 5级认证", "竞品具备CMMI 5级认证", UNTOLD),
        ("Must be certified to ISO 13485", "Our competitors are certified to ISO 13485", UNTOLD),
        ("支持语音播报", "友商支持语音播报", UNTOLD),
        ("支持语音播报", "客户要求支持语音播报", UNTOLD),
        ("支持语音播报", "旧版支持语音播报", UNTOLD),
        ("支持语音播报", "实验室环境下支持语音播报", UNTOLD),
        ("支持语音播报", "仿真环境下支持语音播报", UNTOLD),
        ("支持语音播报", "部分型号支持语音播报", UNTOLD),
        ("支持语音播报", "语音播报授权已过期", UNTOLD),
        ("质保期不少于2年", "质保期3年，已过期", UNTOLD),
        ("质保期不少于2年", "质保已过期", UNTOLD),
        ("具备CMMI 5级认证", "曾取得CMMI 5级认证", UNTOLD),
        ("具备CMMI 5级认证", "此前具备CMMI 5级认证", UNTOLD),
        ("技术成熟度不低于TRL 6", "技术成熟度未达到TRL 6", MISSED),
        ("技术成熟度不低于TRL 6", "技术成熟度不足TRL 6", MISSED),
        ("技术成熟度不低于TRL 6", "竞品技术成熟度TRL 8", UNTOLD),
        ("技术成熟度不低于TRL 6", "未达到TRL 8", UNTOLD),
        ("识别准确率≥95%", "在同行业项目中识别准确率96%", MET),
        ("支持语音播报", "旧版支持语音播报，新版已支持语音播报", MET),
        ("支持语音播报", "旧版支持语音播报，新版不再支持语音播报", MISSED),
        ("支持竞品分析", "支持竞品分析", MET),
        ("支持证书到期提醒", "支持证书到期提醒", MET),
        ("具备CMMI 5级认证", "去年通过CMMI 5级认证", MET),
        ("支持语音播报", "在国家重点实验室支持下完成语音播报", MET),
    ],
)
def test_what_is_not_the_offers_own_or_not_of_today(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("须通过ISO 27001认证", "参照ISO 27001建立管理体系", UNTOLD),
        ("须通过ISO 27001认证", "按ISO 27001标准设计", UNTOLD),
        ("具备CMMI 5级认证", "研发流程对标CMMI 5级", UNTOLD),
        ("具备CMMI 5级认证", "CMMI 5级认证申请中", UNTOLD),
        ("具备CMMI 5级认证", "供应商具备CMMI 5级认证", UNTOLD),
        ("须通过ISO 27001认证", "协助客户通过ISO 27001认证", UNTOLD),
        ("须通过ISO 27001认证", "提供ISO 27001认证咨询服务", UNTOLD),
        ("须通过ISO 27001认证", "本产品无需ISO 27001认证", UNTOLD),
        ("须通过ISO 27001认证", "按ISO 27001建立体系并通过认证", MET),
        ("须通过ISO 27001认证", "已通过ISO 27001认证，按GB/T 22239设计", MET),
        ("符合GB/T 28181标准", "按GB/T 28181标准设计", MET),
        ("Must be certified to ISO 13485", "Our quality system is modelled on ISO 13485", UNTOLD),
        ("Must be certified to ISO 13485", "Our supplier holds ISO 13485", UNTOLD),
        ("Must be certified to ISO 13485", "We are certified to ISO 13485", MET),
    ],
)
def test_to_name_a_certificate_is_not_to_hold_it(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("不使用摄像头识别", "采用毫米波雷达识别，不使用摄像头", MET),
        ("不使用摄像头识别", "使用摄像头识别人员", MISSED),
        ("不使用摄像头识别", "不支持语音播报，采用雷达识别", UNTOLD),
        ("不停产改造", "改造过程不停产", MET),
        ("不停产改造", "改造需停产3天", MISSED),
        ("不停产改造", "改造无需额外布线", UNTOLD),
        ("施工期间不得停产", "安装过程需要停产3天", MISSED),
        ("数据不出境", "数据不出境", MET),
        ("数据不出境", "不采集人脸数据", UNTOLD),
        ("不得上传数据", "数据不上传云端", MET),
        ("不得使用境外云服务", "不使用境外云服务", MET),
        ("不得使用境外云服务", "使用境外云服务", MISSED),
        ("不得使用境外云服务", "计划不使用境外云服务", UNTOLD),
        ("no open flame", "The process uses no open flame", MET),
        ("no open flame", "The process uses an open flame", MISSED),
        ("no open flame", "No training is needed for the process", UNTOLD),
    ],
)
def test_an_absence_is_met_by_denying_that_very_thing_and_missed_by_having_it(
    clause: str, profile: str, expected: Outcome
) -> None:
    assert outcome(clause, profile) is expected
