"""Cases of one kind each, judged before the rules of that kind were written: none is decided wrongly."""

import json
from pathlib import Path

import pytest

from common.contracts.matcher import Outcome
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome

KINDS = Path(__file__).parents[4] / "data" / "verdicts" / "kinds"
_OUTCOMES = {"满足": MET, "不满足": MISSED, "证据不足": UNTOLD}
_LEAST_ALIKE = {
    "counted": 18,
    "weather": 13,
    "periods": 16,
    "sizes": 16,
    "joined-clauses": 18,
    "response-and-reliability": 18,
    "other-quantity": 18,
    "narrower-count": 16,
    "opposite-condition": 18,
}


def cases(kind: str) -> list[tuple[str, str, Outcome]]:
    rows = map(json.loads, (KINDS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines())
    return [(row["clause"], row["profile"], _OUTCOMES[row["right"]]) for row in rows]


@pytest.mark.parametrize("kind", _LEAST_ALIKE)
def test_none_of_a_kind_is_decided_wrongly_and_most_are_decided(kind: str) -> None:
    said = [(outcome(clause, profile), right, clause, profile) for clause, profile, right in cases(kind)]
    assert [case for case in said if case[0] not in (case[1], UNTOLD)] == []
    assert sum(case[0] is case[1] for case in said) >= _LEAST_ALIKE[kind]


@pytest.mark.parametrize(
    ("clause", "profile"),
    [
        ("接入不少于300个计量仪表", "单个厂区接入仪表450个。"),
        ("使用温度-20～50℃", "环境温度-30～60℃。"),
    ],
)
def test_a_thing_called_by_other_words_is_no_other_thing(clause: str, profile: str) -> None:
    assert outcome(clause, profile) is MET


def test_every_file_of_a_kind_is_judged() -> None:
    assert {path.stem for path in KINDS.glob("*.jsonl")} == set(_LEAST_ALIKE)


def test_one_line_of_several_tells_nothing_of_the_whole() -> None:
    assert outcome("年产能不少于5万吨", "建有两条装置，单线日产90吨。") is UNTOLD
    assert outcome("年产能不少于5万吨", "装置日产90吨。") is MISSED


@pytest.mark.parametrize(
    ("clause", "profile", "right"),
    [
        ("外形尺寸不大于1200×800×600mm", "整机外形尺寸为780×1150×560mm。", UNTOLD),  # only when turned
        ("外形尺寸不大于1200×800×600mm", "下一代整机外形尺寸计划为1150×780×560mm。", UNTOLD),
        ("外形尺寸不大于1200×800×600mm", "炉膛尺寸为1150×780×560mm。", UNTOLD),
        ("外形尺寸不大于1200×800×600mm", "整机尺寸1200×800mm。", UNTOLD),
        ("外形尺寸不大于1200×800×600mm", "外形尺寸1200（长）×800（宽）×600（高）mm。", MET),
        ("分辨率不低于1920×1080，帧率不低于30fps", "分辨率2560×1440，帧率60fps。", MET),
        ("分辨率不低于1920×1080，帧率不低于30fps", "分辨率2560×1440，帧率25fps。", MISSED),
        ("分辨率不低于1920×1080，帧率不低于30fps", "分辨率1280×720，帧率60fps。", MISSED),
    ],
)
def test_a_size_is_compared_side_by_side(clause: str, profile: str, right: Outcome) -> None:
    assert outcome(clause, profile) is right
