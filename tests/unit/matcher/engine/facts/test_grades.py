"""Grades are read with their scale and its direction, and no grade is met by the characters it shares with another."""

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.facts import grades
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


def levels(scale: grades.Scale, text: str) -> list[float]:
    return [grade.level for grade in grades.find(text) if grade.key.split()[0] == scale.key]


@pytest.mark.parametrize(("scale", "text", "level"), [(s, *yes) for s in grades.SCALES for yes in s.yes])
def test_every_example_names_its_grade(scale: grades.Scale, text: str, level: float) -> None:
    assert levels(scale, text) == [pytest.approx(level)]


@pytest.mark.parametrize(("scale", "text"), [(s, no) for s in grades.SCALES for no in s.no])
def test_every_counterexample_names_none(scale: grades.Scale, text: str) -> None:
    assert levels(scale, text) == []


def test_no_scale_stands_twice() -> None:
    keys = [scale.key for scale in grades.SCALES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("空调能效等级不低于2级", "空调能效等级3级", MISSED),
        ("空调能效等级不低于2级", "空调为一级能效", MET),
        ("水表精度等级不低于1.0级", "水表精度等级1.6级", MISSED),
        ("水表精度等级不低于1.0级", "水表精度等级0.5级", MET),
        ("互感器准确度等级不低于0.2级", "互感器准确度等级0.2S级", MET),
        ("须具备安全生产标准化一级", "通过安全生产标准化二级评审", MISSED),
        ("须具备安全生产标准化三级及以上", "通过安全生产标准化二级评审", MET),
        ("须具有ITSS三级证书", "取得ITSS运行维护二级证书", MET),
        ("密评须达到三级", "已通过二级密评", MISSED),
        ("须具备CS2级及以上", "取得CS3证书", MET),
        ("须具备CS4级及以上", "取得CS3证书", MISSED),
        ("须具备市政工程施工总承包壹级资质", "具备市政工程施工总承包贰级资质", MISSED),
        ("须具备市政工程施工总承包二级资质", "具备市政工程施工总承包特级资质", MET),
        ("技术负责人须为一级造价工程师", "技术负责人为二级造价工程师", MISSED),
        ("技术负责人须具有高级职称", "技术负责人具有中级职称", MISSED),
        ("技术负责人须具有中级职称", "技术负责人为高级工程师", MET),
        ("外壳防护等级不低于IP66", "外壳防护等级IP56", MISSED),
        ("外壳防护等级不低于IP55", "外壳防护等级IP67", MET),
        ("外壳防护等级不低于IP47", "外壳防护等级IP65", UNTOLD),
        ("外壳防护等级不低于IP54", "外壳防护等级IPX5", UNTOLD),
        ("外壳防护等级不低于IPX5", "外壳防护等级IP66", MET),
        ("电机防爆标志不低于Ex d IIB T4", "电机防爆标志Ex d IIC T6", MET),
        ("电机防爆标志不低于Ex d IIC T4", "电机防爆标志ExdIIBT4", MISSED),
        ("电机防爆标志不低于Ex d IIB T4", "电机防爆标志Ex db IIB T3 Gb", MISSED),
        ("电机防爆标志不低于Ex d IIB T4", "电机防爆标志Ex ia IIC T6", UNTOLD),
        ("电机防爆标志不低于Ex d IIB T4", "电机防爆标志Ex d IIB", UNTOLD),
        ("保温板燃烧性能不低于A2级", "保温板燃烧性能B1级", MISSED),
        ("轴颈公差等级不低于IT6", "轴颈公差等级IT5", MET),
        ("轴颈公差等级不低于IT6", "轴颈公差等级IT9", MISSED),
        ("电机能效不低于IE4", "电机能效IE3", MISSED),
        ("须持有三类医疗器械注册证", "持有医疗器械二类注册证", MISSED),
        ("须持有二类医疗器械注册证", "持有医疗器械三类注册证", UNTOLD),
        ("须为三级甲等医院", "为三级乙等医院", MISSED),
        ("信用等级不低于AA", "信用等级AAA级", MET),
    ],
)
def test_a_grade_is_met_from_its_own_height_on(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("text", "is_hard", "kind"),
    [
        ("压力表精度优于1.0级", True, "performance"),
        ("外壳防护等级不低于IP54", True, "standard"),
        ("风机能效等级2级及以上", True, "performance"),
        ("密评三级以上", True, "security"),
        ("风机能效等级2级", False, "performance"),
    ],
)
def test_a_grade_asked_for_at_least_binds(text: str, is_hard: bool, kind: str) -> None:
    clause = clause_of(text)
    assert (clause.is_hard, clause.kind.value) == (is_hard, kind)
