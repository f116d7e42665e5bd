"""What a least chance costs in coverage, and what it spares in wrong decisions."""

import pytest

from common.contracts.matcher import Outcome
from matcher.evaluation.coverage import WeighedVerdict, curve

MET, MISSED, OPEN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE
SEEN = [
    WeighedVerdict(MET, MET, 0.95, 0.95, 0.0),
    WeighedVerdict(OPEN, MET, 0.65, 0.6, 0.05),
    WeighedVerdict(MISSED, MISSED, 0.85, 0.1, 0.75),
    WeighedVerdict(MET, MET, None, 0.1, 0.1),
]


@pytest.mark.parametrize(
    ("who", "least", "cells"),
    [
        ("rules", "", ["100.0%", "2 / 3", "1 / 1", "25.0%"]),
        ("both", "0.6", ["100.0%", "2 / 3", "1 / 1", "25.0%"]),
        ("both", "0.7", ["75.0%", "2 / 2", "1 / 1", "0.0%"]),
        ("both", "0.9", ["50.0%", "2 / 2", "0 / 0", "0.0%"]),
        ("verifier", "0.5", ["75.0%", "1 / 2", "1 / 1", "25.0%"]),
        ("verifier", "0.8", ["25.0%", "1 / 1", "0 / 0", "0.0%"]),
    ],
)
def test_the_curve_counts_what_is_decided_and_what_of_it_wrongly(who: str, least: str, cells: list[str]) -> None:
    table = curve(SEEN)
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    assert [list(row[2:]) for row in rows if row[:2] == (who, least)] == [cells]
