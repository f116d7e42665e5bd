"""A clause takes numbers for its figures, and nothing that merely looks like one."""

from typing import Any

import pytest
from pydantic import ValidationError

from common.contracts.clauses import Clause
from matcher.demands.schemas import DraftIn

COMPARED: dict[str, Any] = {
    "kind": "performance",
    "text": "准确率95%~99%",
    "operator": "between",
    "value": 95,
    "upper": 99,
}


@pytest.mark.parametrize("field", ["value", "upper"])
@pytest.mark.parametrize("wrong", [True, False, "95", "99", [95], float("nan"), float("inf"), 10**400])
def test_a_figure_that_is_no_number_is_refused_by_its_name(field: str, wrong: Any) -> None:
    draft = {"title": "识别", "need": "识别箱号", "clauses": [{**COMPARED, field: wrong}]}
    with pytest.raises(ValidationError) as refused:
        DraftIn.model_validate(draft)
    assert [error["loc"] for error in refused.value.errors()] == [("clauses", 0, field)]


def test_whole_and_broken_numbers_are_taken() -> None:
    clause = Clause.model_validate({**COMPARED, "value": 95, "upper": 99.5})
    assert (clause.value, clause.upper) == (95.0, 99.5)
    assert Clause.model_validate_json(clause.model_dump_json()) == clause
