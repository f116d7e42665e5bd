"""Answering a call and deciding on answers: what forms say, and whose buttons there are."""

from typing import Any

import pytest

from portal.calls import answers
from portal.languages import Speaker
from tests.unit.portal.lent import LentPortal

SAY = Speaker("zh")
CLAUSES: list[dict[str, Any]] = [
    {"text": "准确率不低于95%", "is_hard": True, "kind": "performance"},
    {"text": "不停车", "is_hard": False, "kind": "function"},
]
OWNER, OTHER = {"scheme": "uscc", "code": "X1"}, {"scheme": "uscc", "code": "X2"}
CALL: dict[str, Any] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "version": 3,
    "demand_id": "D1",
    "title": "残损识别",
    "state": "screening",
    "owner": OWNER,
    "owner_name": "某港口",
    "note": None,
    "clauses": CLAUSES,
    "criteria": [{"name": "技术指标", "weight": 100}],
    "closes_at": "2026-01-01T00:00:00Z",
    "decide_by": "2026-02-01T00:00:00Z",
    "solutions_count": 1,
    "state_reason": None,
    "result": None,
}
SOLUTION: dict[str, Any] = {
    "id": "S1",
    "version": 1,
    "state": "submitted",
    "owner": OTHER,
    "owner_name": "某视觉公司",
    "title": "线阵相机",
    "summary": "不停车识别",
    "responses": [{"clause": 0, "answer": "97.6%", "evidence": [{"title": "报告", "reference": "118"}]}],
    "trl": 8,
    "members": [],
    "language": "zh",
    "price_fen": None,
    "decline_code": None,
    "decline_reason": None,
    "updated_at": "2026-01-01T00:00:00Z",
}


def portal(*roles: str, **said: Any) -> LentPortal:
    replies = {
        "catalog.read_solicitation": {**CALL, **said},
        "catalog.list_solutions": {"items": [SOLUTION], "cursor": None},
        "catalog.list_standings": {"items": []},
    }
    return LentPortal(replies, *roles)


def test_a_clause_without_an_answer_is_left_out_and_a_fault_leads_to_its_clause() -> None:
    form = {"title": "甲", "summary": "乙", "trl": "8", "responses-1-answer": "不停车", "responses-1-title": "报告"}
    found = answers.solved(form, CLAUSES, SAY)
    assert found.body["responses"] == [
        {"clause": 1, "answer": "不停车", "evidence": [{"title": "报告", "reference": ""}]}
    ]
    found.faults = {"responses-0-evidence": "写明出处"}
    answers.by_clause(found)
    assert found.faults == {"responses-1-answer": "写明出处"}


def test_a_decision_chooses_or_declines_each_with_its_reason() -> None:
    form = {"s-S1": "chosen", "code-S2": "lower_score", "reason-S2": "得分较低"}
    assert answers.decided(form, [{"id": "S1"}, {"id": "S2"}]) == {
        "chosen": ["S1"],
        "declined": [{"solution_id": "S2", "code": "lower_score", "reason": "得分较低"}],
    }


def test_a_figure_that_is_none_is_named() -> None:
    said = SAY("form.whole_number")
    assert answers.scored({"points-0": "eighty"}, CALL["criteria"], SAY).faults == {"points-0": said}
    assert answers.called({"criteria-0-name": "甲", "criteria-0-weight": "x"}, SAY).faults == {
        "criteria-0-weight": said
    }


@pytest.mark.parametrize(
    ("roles", "said", "there", "absent"),
    [
        (["publisher"], {}, "/solutions/S1/examine", "/solutions/S1/score"),
        (["evaluator"], {"owner": OTHER}, "", "/solutions/S1/examine"),
        (["enterprise"], {"owner": OTHER, "state": "open"}, "/solution", "/screen"),
        (["enterprise"], {"owner": OTHER, "state": "closed"}, "", 'action="/calls/'),
    ],
)
def test_each_sees_the_steps_that_are_theirs(roles: list[str], said: Any, there: str, absent: str) -> None:
    page = portal(*roles, **said).browser.get(f"/calls/{CALL['id']}").text
    assert there in page
    assert absent not in page


def test_an_owner_examines_and_ends_without_a_choice() -> None:
    lent = portal("publisher")
    lent.post(f"/calls/{CALL['id']}/solutions/S1/examine", reason="缺少报告")
    assert lent.apis.sent("catalog.examine_solution") == [{"is_complete": False, "reason": "缺少报告"}]
    lent.post(f"/calls/{CALL['id']}/fail", reason="都不满足")
    others = {"code": "other", "reason": "都不满足"}
    assert lent.apis.sent("catalog.fail_solicitation") == [{"reason": "都不满足", "others": others}]
