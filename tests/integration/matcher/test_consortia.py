"""Where no firm satisfies every binding clause alone, the smallest groups that do are proposed, and gaps are named."""

from typing import Any
from uuid import UUID

import pytest

from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.fields import OrganisationKey
from tests.integration.matcher.service_under_test import (
    DAMAGE_NEED,
    DAMAGE_OFFER,
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
)

THIRD_FIRM = OrganisationKey(scheme="lei", code="529900D6BF99LW9R2E68")
ACCURACY = Clause(
    kind=ClauseKind.PERFORMANCE,
    text="残损识别准确率不低于95%",
    metric="残损识别准确率",
    operator=Comparison.AT_LEAST,
    value=95,
    unit="%",
    is_hard=True,
)
LATENCY = Clause(
    kind=ClauseKind.PERFORMANCE,
    text="识别响应时间不超过3秒",
    metric="识别响应时间",
    operator=Comparison.AT_MOST,
    value=3,
    unit="秒",
    is_hard=True,
)
CERTIFIED = Clause(kind=ClauseKind.QUALIFICATION, text="具备CMMI 5级认证", is_hard=True)


def offer(text: str) -> dict[str, Any]:
    return DAMAGE_OFFER | {"items": [{"title": "箱体残损识别", "text": text, "trl": 9}]}


async def propose(house: House, demand_id: UUID, **options: Any) -> dict[str, Any]:
    where = f"/v1/demands/{demand_id}/consortia"
    reply = await house.client.post(where, json=options, headers=house.token(PORT))
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_two_firms_cover_together_what_neither_covers_alone(house: House) -> None:
    exact = await house.save(offer("残损识别准确率97.6%。"), FIRM)
    quick = await house.save(offer("识别响应时间2秒。"), OTHER_FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, LATENCY)))
    await house.work()
    answer = await propose(house, wanted.id)
    [group] = answer["consortia"]
    covered = {member["profile_id"]: [one["clause"] for one in member["covers"]] for member in group["members"]}
    assert covered == {exact["id"]: [0], quick["id"]: [1]}
    assert (answer["binding_count"], answer["uncovered"]) == (2, [])


async def test_one_firm_that_covers_everything_is_the_smallest_group(house: House) -> None:
    both = await house.save(offer("残损识别准确率97.6%。识别响应时间2秒。"), FIRM)
    await house.save(offer("残损识别准确率97.6%。"), OTHER_FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, LATENCY)))
    await house.work()
    [group] = (await propose(house, wanted.id))["consortia"]
    assert [member["profile_id"] for member in group["members"]] == [both["id"]]


async def test_two_profiles_of_one_firm_are_one_member(house: House) -> None:
    exact = await house.save(offer("残损识别准确率97.6%。"), FIRM)
    quick = await house.save(offer("识别响应时间2秒。"), FIRM)
    await house.save(offer("残损识别准确率96%。"), OTHER_FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, LATENCY)))
    await house.work()
    [group] = (await propose(house, wanted.id, max_size=1))["consortia"]
    assert {member["profile_id"] for member in group["members"]} == {exact["id"], quick["id"]}
    assert len((await propose(house, wanted.id))["consortia"]) == 1


async def test_a_clause_that_nobody_satisfies_is_named(house: House) -> None:
    await house.save(offer("残损识别准确率97.6%。"), FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, CERTIFIED)))
    await house.work()
    answer = await propose(house, wanted.id)
    assert answer["uncovered"] == [{"clause": 1, "text": CERTIFIED.text}]
    assert len(answer["consortia"]) == 1


async def test_where_nobody_offers_anything_every_binding_clause_is_named(house: House) -> None:
    wanted = await house.hear(demand(clauses=(ACCURACY, CERTIFIED)))
    await house.work()
    answer = await propose(house, wanted.id)
    assert [one["clause"] for one in answer["uncovered"]] == [0, 1]
    assert (answer["binding_count"], answer["consortia"]) == (2, [])


async def test_smaller_groups_come_first_and_options_bound_their_size_and_number(house: House) -> None:
    both = await house.save(offer("残损识别准确率97.6%。识别响应时间2秒。"), FIRM)
    await house.save(offer("残损识别准确率97.6%。"), THIRD_FIRM)
    await house.save(offer("识别响应时间2秒。"), OTHER_FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, LATENCY)))
    await house.work()
    sizes = [len(group["members"]) for group in (await propose(house, wanted.id))["consortia"]]
    assert sizes == [1, 2]
    for options in ({"limit": 1}, {"max_size": 1}):
        [group] = (await propose(house, wanted.id, **options))["consortia"]
        assert [member["profile_id"] for member in group["members"]] == [both["id"]]


async def test_binding_clauses_are_read_from_the_need_where_none_are_stated(house: House) -> None:
    exact = await house.save(offer("残损识别准确率97.6%。"), FIRM)
    wanted = await house.hear(demand(need=f"{DAMAGE_NEED}残损识别准确率必须不低于95%。"))
    await house.work()
    [group] = (await propose(house, wanted.id))["consortia"]
    [covered] = [one for one in group["members"][0]["covers"] if "95%" in one["demand_span"]["text"]]
    assert group["members"][0]["profile_id"] == exact["id"]
    assert (covered["demand_span"]["source"], covered["profile_span"]["text"]) == ("need", "残损识别准确率97.6%")


async def test_a_demand_that_waits_to_be_read_has_the_owner_ask_again(house: House) -> None:
    wanted = await house.hear(demand(clauses=(ACCURACY,)))
    reply = await house.client.post(f"/v1/demands/{wanted.id}/consortia", json={}, headers=house.token(PORT))
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)


@pytest.mark.parametrize("options", [{"limit": 0}, {"limit": 21}, {"max_size": 0}, {"max_size": 7}])
async def test_options_out_of_range_are_refused_by_field(house: House, options: dict[str, int]) -> None:
    where = f"/v1/demands/{UUID(int=0)}/consortia"
    reply = await house.client.post(where, json=options, headers=house.token(PORT))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, f"#/{next(iter(options))}")


async def test_only_the_owner_is_told(house: House) -> None:
    wanted = await house.hear(demand(clauses=(ACCURACY,)))
    await house.work()
    where = f"/v1/demands/{wanted.id}/consortia"
    reply = await house.client.post(where, json={}, headers=house.token(FIRM))
    assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")
    assert "binding_count" not in reply.json()
    assert (await house.client.post(where, json={}, headers=house.token(PORT))).status_code == 200


async def test_groups_are_proposed_without_a_body(house: House) -> None:
    await house.save(offer("残损识别准确率97.6%。"), FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY,)))
    await house.work()
    reply = await house.client.post(f"/v1/demands/{wanted.id}/consortia", headers=house.token(PORT))
    assert reply.status_code == 200
    assert reply.json() == await propose(house, wanted.id)
