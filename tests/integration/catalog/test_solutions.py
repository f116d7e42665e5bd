"""What an enterprise may answer, change and withdraw until the deadline, and who reads it when."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.solicited import FIRM, OWNER, PARTNER, PROOF, Solicited, answer, audited, code, key


@pytest.fixture
async def call(catalog: CatalogUnderTest) -> Solicited:
    solicited = Solicited(catalog)
    await solicited.open()
    return solicited


def member(one: str) -> dict[str, Any]:
    return {"organisation": key(one), "name": "成员（示例）", "role": "集成"}


UNPROVEN = [{"clause": 0, "answer": "可以"}, {"clause": 1, "answer": "可以"}]


LACKING: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"responses": []}, [("#/responses", "识别五个箱面的破洞"), ("#/responses", "符合 GB/T 1413")]),
    (
        {"responses": UNPROVEN},
        [("#/responses/0/evidence", "识别五个箱面的破洞"), ("#/responses", "符合 GB/T 1413")],
    ),
    (
        {"responses": [*answer()["responses"], {"clause": 7, "answer": "?"}]},
        [("#/responses/2/clause", "0 … 2")],
    ),
    (
        {"responses": [*answer()["responses"], {"clause": 2, "answer": "又", "evidence": PROOF}]},
        [("#/responses/1/clause", "once"), ("#/responses/2/clause", "once")],
    ),
    ({"members": [member(FIRM)]}, [("#/members/0/organisation", "once")]),
    ({"members": [member("91330106MA2805HB2J")]}, [("#/members/0/organisation/code", "check character")]),
    ({"price_fen": 1.5}, [("#/price_fen", "whole")]),
    ({"trl": 10}, [("#/trl", "9")]),
    ({"language": "fr"}, [("#/language", "zh")]),
]


async def test_what_an_answer_lacks_is_named(call: Solicited) -> None:
    for changes, named in LACKING:
        reply = await call.do("solutions", answer(**changes), as_=call.firm)
        assert reply.status_code == 422, changes
        faults = [(one["pointer"], one["detail"]) for one in reply.json()["errors"]]
        assert [pointer for pointer, _ in faults] == [pointer for pointer, _ in named]
        assert all(word in detail for (_, detail), (_, word) in zip(faults, named, strict=True)), faults


async def test_an_answer_takes_an_enterprise_and_not_the_owner(call: Solicited) -> None:
    assert (await call.do("solutions", answer(), as_=call.owner)).status_code == 403
    caller = call.catalog.token(OWNER, "需求方兼企业", "enterprise")
    assert (await call.do("solutions", answer(), as_=caller)).status_code == 403
    joined = await call.do("solutions", answer(members=[member(OWNER)]), as_=call.firm)
    assert joined.status_code == 403


async def test_the_last_version_counts_and_those_before_are_kept(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await call.submit(call.firm)
    changed = await catalog.put(solution, answer(title="第二版"), as_=call.firm, If_Match='"1"')
    assert (changed.status_code, changed.json()["title"]) == (200, "第二版")
    stale = await catalog.put(solution, answer(title="第三版"), as_=call.firm, If_Match='"1"')
    assert stale.status_code == 412
    kept = (await catalog.get(f"{solution}/versions", as_=call.firm)).json()["items"]
    assert [(one["version"], one["content"]["title"]) for one in kept] == [(2, "第二版"), (1, "残损识别一体机")]
    assert await audited(catalog, id_of(solution)) == ["create", "replace"]


async def test_an_organisation_has_one_and_may_submit_again_once_withdrawn(
    catalog: CatalogUnderTest, call: Solicited
) -> None:
    replies = await asyncio.gather(*(call.do("solutions", answer(), as_=call.firm) for _ in range(3)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409]
    (solution,) = [reply.headers["location"] for reply in replies if reply.status_code == 201]
    withdrawals = [await catalog.post(f"{solution}/withdraw", as_=call.firm) for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in withdrawals] == [(200, "withdrawn")] * 2
    refused = await catalog.put(solution, answer(), as_=call.firm, If_Match='"2"')
    assert refused.status_code == 409
    assert "withdrawn" in refused.json()["detail"]
    await call.submit(call.firm)
    await call.close()
    assert (await catalog.get(call.where)).json()["solutions_count"] == 1


@pytest.mark.parametrize("has_struck", [True, False], ids=["closed", "due"])
async def test_after_the_deadline_nothing_changes(catalog: CatalogUnderTest, call: Solicited, has_struck: bool) -> None:
    solution = await call.submit(call.firm)
    if has_struck:
        await call.close()
    else:
        await call.expire(now() - timedelta(seconds=1))
    before = await catalog.row_counts()
    refusals = [
        await call.do("solutions", answer(), as_=call.rival),
        await catalog.put(solution, answer(title="迟到"), as_=call.firm, If_Match='"1"'),
        await catalog.post(f"{solution}/withdraw", as_=call.firm),
    ]
    assert [one.status_code for one in refusals] == [409, 409, 409]
    word = "closed" if has_struck else "deadline"
    assert all(word in one.json()["detail"] for one in refusals)
    assert await catalog.row_counts() == before


async def test_nobody_else_reads_a_solution_before_the_deadline(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await call.submit(call.firm, members=[member(PARTNER)])
    for stranger in (call.owner, call.rival, call.partner, call.expert):
        assert (await catalog.get(solution, as_=stranger)).status_code == 404
        assert (await catalog.get(f"{solution}/versions", as_=stranger)).status_code == 404
    assert (await catalog.get(solution)).status_code == 401
    sealed = await catalog.get(f"{call.where}/solutions", as_=call.owner)
    assert sealed.status_code == 409
    assert "sealed" in sealed.json()["detail"]
    assert (await catalog.get(f"{call.where}/solutions", as_=call.rival)).json()["items"] == []
    mine = (await catalog.get(f"{call.where}/solutions", as_=call.firm)).json()["items"]
    assert [one["owner"]["code"] for one in mine] == [FIRM]


async def test_a_call_cancelled_before_its_deadline_opens_nothing(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution = await call.submit(call.firm)
    await call.done("cancel", {"reason": "计划调整"})
    assert (await catalog.get(solution, as_=call.owner)).status_code == 404
    assert (await catalog.get(f"{solution}/versions", as_=call.owner)).status_code == 404
    for where in ("solutions", "standings"):
        sealed = await catalog.get(f"{call.where}/{where}", as_=call.owner)
        assert (sealed.status_code, "stay sealed" in sealed.json()["detail"]) == (409, True)
    assert (await catalog.get(solution, as_=call.firm)).status_code == 200


async def test_afterwards_the_owner_reads_all_but_those_withdrawn(catalog: CatalogUnderTest, call: Solicited) -> None:
    solution, withdrawn = await call.submit(call.firm), await call.submit(call.rival)
    await catalog.post(f"{withdrawn}/withdraw", as_=call.rival)
    await call.close()
    seen = (await catalog.get(f"{call.where}/solutions", as_=call.owner)).json()["items"]
    assert [one["id"] for one in seen] == [str(id_of(solution))]
    assert (await catalog.get(withdrawn, as_=call.owner)).status_code == 404
    for stranger in (call.rival, call.partner):
        assert (await catalog.get(solution, as_=stranger)).status_code == 404


async def test_of_many_missing_answers_none_is_left_out(catalog: CatalogUnderTest) -> None:
    many = [{"kind": "function", "text": f"功能 {number}", "is_hard": True} for number in range(25)]
    demand = await catalog.a_published_demand(clauses=many)
    body = {
        "demand_id": str(id_of(demand)),
        "criteria": [{"name": "全部", "weight": 100}],
        "closes_at": (now() + timedelta(days=1)).isoformat(),
        "decide_by": (now() + timedelta(days=2)).isoformat(),
    }
    where = (await catalog.post("/v1/solicitations", body)).headers["location"]
    firm = catalog.token(code(9), "企业（示例）", "enterprise")
    (fault,) = (await catalog.post(f"{where}/solutions", answer(responses=[]), as_=firm)).json()["errors"]
    assert fault["detail"].endswith(", ".join(map(str, range(25))))
