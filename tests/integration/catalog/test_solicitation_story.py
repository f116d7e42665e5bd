"""A solicitation from its opening to the published result, through HTTP: an owner, two evaluators, three firms."""

import json

from sqlalchemy import text

from common.contracts.words import DemandKind, Domain
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.solicited import (
    CLOSES_AT,
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


async def test_from_the_call_to_the_published_result(catalog: CatalogUnderTest) -> None:
    call = Solicited(catalog)
    await call.open()
    selected = await call.submit(
        call.firm, members=[{"organisation": key(PARTNER), "name": "集成商（示例）", "role": "系统集成"}]
    )
    incomplete, weaker = await call.submit(call.partner), await call.submit(call.rival, title="较弱的方案")
    third = catalog.token(EXPERT, "评审机构甲（示例）", "enterprise")
    await call.appoint(EXPERT, PROFESSOR, RIVAL)
    await call.close()
    public = (await catalog.get(call.where)).json()
    assert (public["state"], public["solutions_count"], public["result"]) == ("closed", 3, None)

    # One firm was named to evaluate and has answered itself: recused, on record, and shown nothing.
    assert await call.declare(call.rival) == "recused"
    assert (await catalog.get(f"{call.where}/solutions", as_=call.rival)).status_code == 403
    assert [await call.declare(one) for one in (third, call.professor)] == ["cleared", "cleared"]

    await call.done("screen")
    assert (await catalog.get(f"/v1/demands/{public['demand_id']}")).json()["state"] == "evaluating"
    await call.examine(incomplete, reason="证明材料缺页")
    for solution in (selected, weaker):
        await call.examine(solution)
    for solution, points in ((selected, (90, 81)), (weaker, (70, 60))):
        for evaluator in (third, call.professor):
            assert (await call.score(solution, evaluator, *points)).status_code == 200
    standings = (await catalog.get(f"{call.where}/standings", as_=call.owner)).json()["items"]
    assert [(one["owner"]["code"], one["points_sum"], one["points_most"]) for one in standings] == [
        (FIRM, 2 * (90 * 60 + 81 * 40), 20_000),
        (RIVAL, 2 * (70 * 60 + 60 * 40), 20_000),
        (PARTNER, 0, 0),
    ]
    await call.done("shortlist", decision([selected, weaker]))
    await call.done("select", {**decision([selected]), "declined": [declined(weaker, "实施条件得分较低")]})
    assert (await catalog.get(f"/v1/demands/{public['demand_id']}")).json()["state"] == "selected"
    assert (await catalog.get(call.where)).json()["result"] is None

    concluded = await call.done("conclude")
    assert concluded["state"] == "result_published"
    result = (await catalog.get(call.where)).json()["result"]
    assert (result["solutions_count"], result["declined"]) == (3, [])
    assert [(one["owner"]["code"], one["points_sum"]) for one in result["selected"]] == [(FIRM, 17_280)]
    await everyone_declined_has_a_reason(call, {incomplete: "证明材料缺页", weaker: "实施条件得分较低"})
    await nothing_private_was_told(call)


async def everyone_declined_has_a_reason(call: Solicited, reasons: dict[str, str]) -> None:
    tokens = dict(zip(reasons, (call.partner, call.rival), strict=True))
    for solution, reason in reasons.items():
        told = (await call.catalog.get(solution, as_=tokens[solution])).json()
        assert (told["state"], told["decline_reason"]) == ("declined", reason)
        assert told["decline_code"] in ("incomplete", "lower_score")


async def nothing_private_was_told(call: Solicited) -> None:
    """Neither in what everyone could read, nor in an event: no text of a solution, no loser, no reason."""
    async with call.catalog.database.begin() as session:
        history = list((await session.scalars(text("SELECT snapshot::text FROM history"))).all())
        audit = list((await session.scalars(text("SELECT DISTINCT noun FROM audit"))).all())
    events = [event for event in await call.catalog.recorded() if not event.type.startswith("catalog.demand")]
    public = "".join(history) + json.dumps([event.data for event in events], ensure_ascii=False)
    assert "残损识别一体机" in public  # whoever was selected
    assert [word for word in ("较弱的方案", "五面均可识别", "证明材料缺页", "实施条件得分较低") if word in public] == []
    assert set(audit) == {"demand", "solicitation", "solution"}
    steps = await audited(call.catalog, id_of(call.where))
    assert steps[:3] == ["create", "appoint", "close"]
    assert steps[-4:] == ["score", "shortlist", "select", "conclude"]
    told = [event.type.removeprefix("catalog.") for event in events if event.subject == str(id_of(call.where))]
    assert [one for one in told if one != "step.taken"] == [
        "solicitation.opened",
        "solicitation.advanced",
        "solicitation.advanced",
        "solicitation.advanced",
        "solicitation.advanced",
        "solicitation.concluded",
    ]


async def test_submitters_hear_of_each_step_and_the_owner_from_the_deadline_on(catalog: CatalogUnderTest) -> None:
    call = Solicited(catalog)
    await call.open()
    solution = await call.submit(call.firm)
    await call.close()
    await call.done("screen")
    await call.examine(solution, reason="不完整")
    told = [event.data for event in await catalog.recorded() if event.type == "catalog.solution.advanced"]
    assert [(one["solution"]["state"], one["solution"]["decline_code"]) for one in told] == [
        ("submitted", None),
        ("declined", "incomplete"),
    ]
    opened = next(event.data for event in await catalog.recorded() if event.type == "catalog.solicitation.opened")
    filed = opened["solicitation"]
    assert {one["solution"]["demand_id"] for one in told} == {filed["demand_id"]}
    assert (filed["kind"], filed["domain"]) == (DemandKind.SCENARIO, Domain.PORT)
    assert [[party["code"] for party in one["audience"]] for one in told] == [[FIRM], [FIRM, "91370211MA3QDK2Q8B"]]
    assert CLOSES_AT.isoformat()[:10] in (await catalog.get(call.where)).json()["closes_at"]
