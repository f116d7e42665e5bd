"""Standards and certificates are the same whoever writes them how, and what is not named is not held."""

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.facts.identifiers import find
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("符合EN 50126/50128/50129标准", ["en 50126", "en 50128", "en 50129"]),
        ("通过ISO 9001、14001、45001认证", ["iso 9001", "iso 14001", "iso 45001"]),
        ("符合ISO 9001、50000台设备在用", ["iso 9001"]),
        ("通过GB/T 19001-2016认证", ["iso 9001"]),
        ("通过YY/T 0287认证", ["iso 13485"]),
        ("符合GB/T 22239-2019", ["gb 22239"]),
    ],
)
def test_numbers_in_a_row_and_translated_standards_are_known(text: str, keys: list[str]) -> None:
    found = find(text)
    assert [identifier.key for identifier in found] == keys
    assert all(identifier.start < identifier.end for identifier in found)


@pytest.mark.parametrize(
    "written", ["CMMI ML5", "CMMI Maturity Level 5", "CMMI-DEV V2.0 5级", "CMMI成熟度5级", "CMMI五级"]
)
def test_a_level_of_maturity_is_read_however_it_is_written(written: str) -> None:
    assert [(identifier.key, identifier.level) for identifier in find(written)] == [("cmmi", 5)]


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("具有ISO 9001认证", "通过GB/T 19001-2016认证", MET),
        ("通过ISO 14001认证", "通过ISO 9001/14001/45001三体系认证", MET),
        ("通过ISO 14001认证", "通过ISO 9001/45001认证", UNTOLD),
        ("具备CMMI 5级认证", "通过CMMI ML3评估", MISSED),
        ("取得DNV船级社认证", "取得CCS船级社认证", UNTOLD),
        ("取得DNV船级社认证", "取得DNV船级社认证", MET),
        ("防爆等级不低于Ex d IIC T4", "防爆标志Ex d IIB T4", MISSED),
    ],
)
def test_a_name_is_met_by_its_equal_alone(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected
