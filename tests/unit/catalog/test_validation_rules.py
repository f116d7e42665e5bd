"""What of a validation is decided without a database."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.validations import rules
from catalog.validations.rules import LIFE, ValidationAction, ValidationParty
from catalog.validations.schemas import TargetIn
from common.clock import now
from common.contracts.clauses import Comparison
from common.contracts.words import ValidationState
from common.errors import NotAllowedNow

CASES = [
    ("ge", 95, None, 95.0, True),
    ("gt", 95, None, 95.0, False),
    ("le", 5, None, 5.0, True),
    ("lt", 5, None, 5.0, False),
    ("eq", 12, None, 12.0, True),
    ("between", 5, 9, 9.0, True),
    ("between", 5, 9, 9.01, False),
]


@pytest.mark.parametrize(("operator", "value", "upper", "measured", "is_met"), CASES)
def test_a_figure_is_compared_by_the_target_s_operator(
    operator: str, value: float, upper: float | None, measured: float, is_met: bool
) -> None:
    target = TargetIn(metric="m", operator=Comparison(operator), value=value, upper=upper)
    assert rules.is_met(target, measured) is is_met


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_at_least_and_less_than_never_agree(value: float, measured: float) -> None:
    at_least = TargetIn(metric="m", operator=Comparison.AT_LEAST, value=value)
    less = TargetIn(metric="m", operator=Comparison.LESS_THAN, value=value)
    assert rules.is_met(at_least, measured) is not rules.is_met(less, measured)


@pytest.mark.parametrize(
    ("metric", "measured", "unit", "said"),
    [
        ("残损识别准确率", 97.2, "%", "残损识别准确率实测97.2%"),
        ("定位误差", 4.0, "cm", "定位误差实测4cm"),
        ("latency", 45.0, "ms", "latency measured at 45 ms"),
        ("识别类别数", 12.0, None, "识别类别数实测12"),
    ],
)
def test_a_measurement_is_said_in_a_sentence(metric: str, measured: float, unit: str | None, said: str) -> None:
    assert rules.statement(metric, measured, unit) == said


def test_what_is_measured_by_default_are_hard_clauses_with_metric_and_figure() -> None:
    hard: dict[str, Any] = {"text": "误差≤5cm", "is_hard": True, "metric": "误差", "operator": "le", "value": 5}
    clauses = [hard, {**hard, "is_hard": False}, {**hard, "metric": None}, {**hard, "operator": None, "value": None}]
    assert [one["metric"] for one in rules.targets_of(clauses)] == ["误差"]


@pytest.mark.parametrize("state", ValidationState)
def test_every_step_is_allowed_or_refused_with_what_is_possible(state: ValidationState) -> None:
    for action, party in product(ValidationAction, ValidationParty):
        allowed = LIFE.allowed(state, {party})
        if action in allowed:
            moved = LIFE.moved(state, action, by={party}, at=now())
            assert (moved.before, moved.by) == (state, party)
        else:
            with pytest.raises(NotAllowedNow) as refused:
                LIFE.moved(state, action, by={party}, at=now())
            assert all(str(each) in refused.value.detail for each in allowed)


def test_no_one_party_takes_a_validation_from_request_to_acceptance() -> None:
    for party in ValidationParty:
        reached, grown = {ValidationState.REQUESTED}, True
        while grown:
            steps = {move.to for move in LIFE.moves if move.state in reached and party in move.by}
            grown = not steps <= reached
            reached |= steps
        assert ValidationState.ACCEPTED not in reached
