"""A size of several sides is met when every side is."""

import pytest

from common.contracts.matcher import Outcome
from tests.support.verdicts import outcome

MET, MISSED, OPEN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE


@pytest.mark.parametrize(
    ("clause", "profile", "right"),
    [
        ("工作台面尺寸≥3000×1500mm", "工作台面尺寸3100×1600mm。", MET),
        ("工作台面尺寸≥3000×1500mm", "工作台面尺寸3100×1200mm。", MISSED),
        ("工作台面尺寸≥3000×1500mm", "工作台面尺寸1.6×3.2m。", MET),
        ("外形尺寸≤600×800×2000mm", "外形尺寸550×780×1900mm。", MET),
        ("外形尺寸≤600×800×2000mm", "外形尺寸650×780×1900mm。", MISSED),
        ("工作台面尺寸≥3000×1500mm", "工作台面尺寸3100mm。", OPEN),
    ],
)
def test_each_side_keeps_to_its_bound(clause: str, profile: str, right: Outcome) -> None:
    assert outcome(clause, profile) is right
