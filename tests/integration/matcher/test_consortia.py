"""Where no firm satisfies every binding clause alone, the smallest groups that do are proposed, and gaps are named."""

from typing import Any
from uuid import UUID

from common.contracts.catalog import Clause, ClauseKind, Comparison
from tests.integration.matcher.house import DAMAGE_OFFER, FIRM, OTHER_FIRM, PORT, House, demand

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


async def test_a_clause_that_nobody_satisfies_is_named(house: House) -> None:
    await house.save(offer("残损识别准确率97.6%。"), FIRM)
    wanted = await house.hear(demand(clauses=(ACCURACY, CERTIFIED)))
    await house.work()
    answer = await propose(house, wanted.id)
    assert answer["uncovered"] == [{"clause": 1, "text": CERTIFIED.text}]
    assert len(answer["consortia"]) == 1


async def test_only_the_owner_is_told(house: House) -> None:
    wanted = await house.hear(demand(clauses=(ACCURACY,)))
    await house.work()
    reply = await house.client.post(f"/v1/demands/{wanted.id}/consortia", json={}, headers=house.token(FIRM))
    assert reply.status_code == 404
