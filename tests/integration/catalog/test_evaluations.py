"""From the deadline to the result: who evaluates, what a decision needs, and who wins when two decide at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from catalog.solicitations.rules import LIFE, SolicitationParty
from common.contracts.words import SolicitationState
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of
from tests.integration.catalog.solicited import (
    EXPERT,
    FIRM,
    PARTNER,
    PROFESSOR,
    RIVAL,
    Solicited,
    audited,
    decision,
    declined,
    key,
)


@pytest.fixture
def call(catalog: CatalogUnderTest) -> Solicited:
    return Solicited(catalog)


async def opened(call: Solicited, *evaluators: str) -> str:
    """Path of one solution to a closed call with these evaluators."""
    await call.open()
    solution = await call.submit(
        call.firm, members=[{"organisation": key(PARTNER), "name": "成员（示例）", "role": "集成"}]
    )
    await call.appoint(*evaluators)
    await call.close()
    return solution


async def test_an_evaluator_sees_nothing_before_declaring(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await opened(call, EXPERT)
    assert (await catalog.get(solution, as_=call.expert)).status_code == 404
    refused = await catalog.get(f"{call.where}/solutions", as_=call.expert)
    assert refused.status_code == 403
    assert "Declare" in refused.json()["detail"]
    assert await call.declare(call.expert) == "cleared"
    assert (await catalog.get(solution, as_=call.expert)).status_code == 200
    assert len((await catalog.get(f"{call.where}/solutions", as_=call.expert)).json()["items"]) == 1


@pytest.mark.parametrize("tie", ["submitter", "member", "own", "said"])
async def test_with_a_conflict_an_evaluator_is_recused_on_record(
    catalog: CatalogUnderTest, call: Solicited, tie: str
) -> None:
    solution = await opened(call, EXPERT, FIRM)
    who: Headers = call.firm if tie == "own" else call.expert
    ties = {"submitter": (FIRM,), "member": (RIVAL, PARTNER)}.get(tie, ())
    assert await call.declare(who, *ties, has_conflict=tie == "said") == "recused"
    await call.done("screen")
    await call.examine(solution)
    assert (await catalog.get(f"{call.where}/standings", as_=who)).status_code == 403
    assert (await catalog.get(f"{call.where}/solutions", as_=who)).status_code == 403
    assert (await call.score(solution, who, 100, 100)).status_code == 403
    assert (await call.do("declare", {"has_conflict": False}, as_=who)).status_code == 409
    steps = (await catalog.get(f"{call.where}/steps", as_=call.owner)).json()["items"]
    assert [one["reason"] for one in steps if one["action"] == "declare"] == ["recused"]


async def test_nobody_scores_a_solution_of_their_own_organisation(catalog: CatalogUnderTest, call: Solicited) -> None:
    """Also one who was cleared all the same: the member joined on paper, whatever the declaration said."""
    solution = await opened(call, PARTNER)
    async with catalog.database.begin() as session:
        await session.execute(text("UPDATE evaluators SET clearance = 'cleared'"))
    await call.done("screen")
    await call.examine(solution)
    refused = await call.score(solution, call.partner, 100, 100)
    assert refused.status_code == 403
    assert "own organisation" in refused.json()["detail"]


WRONG_POINTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"技术指标": 50}, ["#/points/实施条件"]),
    ({"技术指标": 50, "实施条件": 50, "印象": 9}, ["#/points/印象"]),
    ({"技术指标": 50.5, "实施条件": 50}, ["#/points/技术指标"]),
    ({"技术指标": 101, "实施条件": 50}, ["#/points/技术指标"]),
]


async def test_points_are_whole_and_for_each_criterion(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await opened(call, EXPERT)
    await call.declare(call.expert)
    await call.done("screen")
    await call.examine(solution)
    for points, named in WRONG_POINTS:
        reply = await catalog.put(f"{solution}/score", {"points": points}, as_=call.expert)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, named)


async def test_a_score_is_replaced_and_others_do_not_see_it(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, _ = await call.scored()
    assert (await call.score(first, call.expert, 10, 20)).json()["points_sum"] == 10 * 60 + 20 * 40
    of_owner = (await catalog.get(f"{call.where}/standings", as_=call.owner)).json()["items"]
    assert {one["points_sum"] for one in of_owner} == {1400 + 9000, 12_000}
    assert [one["points_sum"] for one in of_owner] == [12_000, 10_400]
    of_other = (await catalog.get(f"{call.where}/standings", as_=call.professor)).json()["items"]
    assert [len(one["scores"]) for one in of_other] == [1, 1]
    assert (await catalog.get(f"{call.where}/standings", as_=call.firm)).status_code == 403


async def test_points_that_were_given_before_stay_on_record(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, _ = await call.scored()
    await call.score(first, call.expert, 10, 20)
    steps = (await catalog.get(f"{call.where}/steps", as_=call.owner, limit=50)).json()["items"]
    given = [detail for step in steps if step["action"] == "score" for detail in step["details"]]
    ours = [detail for detail in given if detail["solution_id"] == str(id_of(first))]
    assert [(detail["points"], detail["points_sum"]) for detail in ours] == [
        ({"技术指标": 10, "实施条件": 20}, 1400),
        ({"技术指标": 90, "实施条件": 90}, 9000),
        ({"技术指标": 90, "实施条件": 90}, 9000),
    ]
    assert ours[0]["evaluator_id"] == ours[2]["evaluator_id"] != ours[1]["evaluator_id"]


async def test_all_others_can_be_declined_for_one_reason(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, second = await call.scored()
    others = {"code": "lower_score", "reason": "得分未进入前列"}
    await call.done("shortlist", {"chosen": [str(id_of(first))], "others": others})
    told = (await catalog.get(second, as_=call.rival)).json()
    assert (told["state"], told["decline_code"], told["decline_reason"]) == ("declined", *others.values())
    await call.done("fail", {"reason": "均未达到硬性指标", "others": {"code": "clause_unmet", "reason": "未达指标"}})
    assert (await catalog.get(first, as_=call.firm)).json()["decline_reason"] == "未达指标"


async def test_a_decision_needs_all_screened_and_scored(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await opened(call, EXPERT, PROFESSOR)
    for one in (call.expert, call.professor):
        await call.declare(one)
    await call.done("screen")
    unscreened = await call.do("shortlist", decision([solution]))
    assert (unscreened.status_code, "not screened" in unscreened.json()["detail"]) == (409, True)
    await call.examine(solution)
    await call.score(solution, call.expert, 50, 50)
    unscored = await call.do("shortlist", decision([solution]))
    assert (unscored.status_code, str(id_of(solution)) in unscored.json()["detail"]) == (409, True)
    await call.score(solution, call.professor, 50, 50)
    await call.done("shortlist", decision([solution]))


async def test_nobody_is_declined_without_a_reason(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, second = await call.scored()
    silent = await call.do("shortlist", decision([first]))
    assert (silent.status_code, str(id_of(second)) in silent.json()["detail"]) == (422, True)
    twice = await call.do("shortlist", decision([first, second], second))
    assert [one["pointer"] for one in twice.json()["errors"]] == ["#/declined/0/solution_id"]
    for fault in ("code", "reason"):
        body = decision([first], second)
        del body["declined"][0][fault]
        assert (await call.do("shortlist", body)).status_code == 422
    assert (await call.examine(first)).status_code == 409
    blank = await catalog.post(f"{first}/examine", {"is_complete": False})
    assert blank.status_code == 422
    await call.done("shortlist", decision([first], second))
    assert (await call.score(second, call.expert, 99, 99)).status_code == 409


async def test_without_a_selection_everyone_is_declined_and_the_demand_ends(
    catalog: CatalogUnderTest, call: Solicited
) -> None:
    first, second = await call.scored()
    assert (await call.do("fail", {"reason": "均未达标", "declined": [declined(first)]})).status_code == 422
    await call.done("fail", {"reason": "均未达标", "declined": [declined(first), declined(second)]})
    await call.done("conclude")
    public = (await catalog.get(call.where)).json()
    assert (public["state"], public["result"]) == (
        "result_published",
        {"solutions_count": 2, "selected": [], "declined": []},
    )
    assert (await catalog.get(f"/v1/demands/{public['demand_id']}")).json()["state"] == "unsuccessful"


@pytest.mark.parametrize(
    ("shown", "selected", "others"),
    [("none", [None], []), ("selected", [18_000], []), ("all", [18_000], [12_000])],
    ids=["none", "selected", "all"],
)
async def test_the_result_tells_what_the_terms_said(
    catalog: CatalogUnderTest, call: Solicited, shown: str, selected: list[int | None], others: list[int]
) -> None:
    original = call.open
    call.open = lambda **_: original(scores_shown=shown)  # type: ignore[method-assign]
    first, second = await call.scored()
    await call.done("shortlist", decision([first, second]))
    await call.done("select", decision([first], second))
    result = (await call.done("conclude"))["result"]
    assert [one["points_sum"] for one in result["selected"]] == selected
    assert [one["points_sum"] for one in result["declined"]] == others
    for solution in (first, second):
        assert (await catalog.get(solution, as_=call.partner)).status_code == 404


async def test_of_two_decisions_at_once_one_wins_and_the_other_hears_the_state(call: Solicited) -> None:
    first, second = await call.scored()
    bodies = (decision([first], second), decision([second], first))
    deciding = (call.do("shortlist", body) for body in bodies)
    replies = await call.catalog.at_once("solicitations", id_of(call.where), *deciding)
    assert sorted(one.status_code for one in replies) == [200, 409]
    (refused,) = [one.json()["detail"] for one in replies if one.status_code == 409]
    assert "is shortlisted" in refused
    assert (await audited(call.catalog, id_of(call.where))).count("shortlist") == 1
    seen = {(await call.catalog.get(one, as_=call.owner)).json()["state"] for one in (first, second)}
    assert seen == {"shortlisted", "declined"}


async def test_of_two_who_examine_at_once_one_wins_and_the_other_hears_the_state(call: Solicited) -> None:
    solution = await opened(call, EXPERT)
    await call.done("screen")
    replies = await asyncio.gather(call.examine(solution), call.examine(solution, reason="缺页"))
    assert sorted(one.status_code for one in replies) == [200, 409]
    (refused,) = [one.json()["detail"] for one in replies if one.status_code == 409]
    assert any(f"is {state}" in refused for state in ("complete", "declined"))


async def test_evaluators_score_at_once_without_losing_a_point(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, second = await call.scored()
    scoring = [
        call.score(solution, evaluator, 77, 33)
        for solution in (first, second)
        for evaluator in (call.expert, call.professor)
    ]
    assert {one.status_code for one in await asyncio.gather(*scoring)} == {200}
    standings = (await catalog.get(f"{call.where}/standings", as_=call.owner)).json()["items"]
    assert [one["points_sum"] for one in standings] == [2 * (77 * 60 + 33 * 40)] * 2


async def test_a_demand_that_ended_meanwhile_is_not_evaluated(catalog: CatalogUnderTest, call: Solicited) -> None:
    await opened(call, EXPERT)
    demand = (await catalog.get(call.where)).json()["demand_id"]
    await catalog.post(f"/v1/demands/{demand}/withdraw", {"reason": "不再实施"})
    refused = await call.do("screen")
    assert (refused.status_code, "withdrawn" in refused.json()["detail"]) == (409, True)
    assert await call.state() == "closed"
    await call.done("cancel", {"reason": "需求已撤回"})


NOBODY = "00000000-0000-7000-8000-000000000000"
STEPS: dict[str, tuple[str, Any]] = {
    "extend": ("extend", {"closes_at": "2150-01-01T00:00:00Z", "decide_by": "2151-01-01T00:00:00Z", "reason": "延长"}),
    "appoint": ("appoint", {"evaluators": [{"organisation": key(RIVAL), "subject": "x", "name": "某"}]}),
    "declare": ("declare", {"has_conflict": False}),
    "screen": ("screen", None),
    "shortlist": ("shortlist", {"chosen": [NOBODY], "declined": []}),
    "select": ("select", {"chosen": [NOBODY], "declined": []}),
    "fail": ("fail", {"reason": "无", "declined": []}),
    "conclude": ("conclude", None),
    "cancel": ("cancel", {"reason": "不再征集"}),
}


async def test_in_each_state_each_party_may_do_what_the_table_says(call: Solicited) -> None:
    """What is not in the table is refused with the state's name, whoever is nothing to it is refused as such. That what
    is allowed also does what it says, the tests above show."""
    await call.open()
    await call.appoint(EXPERT)
    for state in LIFE.states:
        await call.force(state)
        for action in STEPS:
            await refused_unless_in_the_table(call, state, action)
        assert await call.state() == state


async def refused_unless_in_the_table(call: Solicited, state: SolicitationState, action: str) -> None:
    step, body = STEPS[action]
    assert (await call.do(step, body, as_=call.firm)).status_code == 403
    for party, token in ((SolicitationParty.OWNER, call.owner), (SolicitationParty.EVALUATOR, call.expert)):
        if action in LIFE.allowed(state, {party}):
            continue
        reply = await call.do(step, body, as_=token)
        if action == "declare" and party is SolicitationParty.OWNER:
            assert reply.status_code == 403  # who was not named does not declare, in any state
        else:
            assert (reply.status_code, f"is {state}" in reply.json()["detail"]) == (409, True), (state, action, party)
