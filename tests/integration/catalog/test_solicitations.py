"""What owners may do with a solicitation, what everyone reads of it, and what the clock does."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.solicited import (
    CLAUSES,
    CLOSES_AT,
    DECIDE_BY,
    EXPERT,
    Solicited,
    audited,
    decision,
    terms,
)

A_DAY = timedelta(days=1)


@pytest.fixture
def call(catalog: CatalogUnderTest) -> Solicited:
    return Solicited(catalog)


async def test_only_a_published_demand_of_ones_own_is_called_upon(catalog: CatalogUnderTest, call: Solicited) -> None:
    draft = await catalog.a_draft(clauses=CLAUSES)
    refused = await catalog.post("/v1/solicitations", terms(draft))
    assert refused.status_code == 409
    assert "draft" in refused.json()["detail"]
    published = await catalog.a_published_demand(clauses=CLAUSES)
    assert (await catalog.post("/v1/solicitations", terms(published), as_=catalog.rival)).status_code == 404
    assert (await catalog.post("/v1/solicitations", terms(published))).status_code == 201
    second = await catalog.post("/v1/solicitations", terms(published))
    assert second.status_code == 409
    assert "cancel it" in second.json()["detail"]


async def test_of_two_calls_on_a_demand_at_once_one_is_opened(catalog: CatalogUnderTest) -> None:
    demand = await catalog.a_published_demand(clauses=CLAUSES)
    replies = await asyncio.gather(*(catalog.post("/v1/solicitations", terms(demand)) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


DISAGREEING: list[tuple[dict[str, Any], list[str]]] = [
    ({"criteria": [{"name": "甲", "weight": 60}, {"name": "乙", "weight": 39}]}, ["#/criteria"]),
    (
        {"criteria": [{"name": "甲", "weight": 50}, {"name": "甲", "weight": 50}]},
        ["#/criteria/0/name", "#/criteria/1/name"],
    ),
    ({"criteria": [{"name": "甲", "weight": 99.5}, {"name": "乙", "weight": 1}]}, ["#/criteria/0/weight"]),
    ({"closes_at": "2020-01-01T00:00:00Z"}, ["#/closes_at"]),
    ({"decide_by": CLOSES_AT.isoformat()}, ["#/decide_by"]),
]


async def test_terms_that_do_not_agree_are_named(catalog: CatalogUnderTest) -> None:
    demand = await catalog.a_published_demand(clauses=CLAUSES)
    for changes, named in DISAGREEING:
        reply = await catalog.post("/v1/solicitations", terms(demand, **changes))
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, named)


async def test_everyone_reads_a_call_and_its_owner_who_evaluates(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open()
    await call.appoint(EXPERT)
    await call.appoint(EXPERT)
    public, own = (await catalog.get(call.where)).json(), (await catalog.get(call.where, as_=call.owner)).json()
    assert "evaluators" not in public
    assert [(one["code"], one["clearance"]) for one in own["evaluators"]] == [(EXPERT, "named")]
    assert (public["solutions_count"], public["clauses"][2]["text"]) == (None, "符合 GB/T 1413")
    listed = (await catalog.get("/v1/solicitations", demand_id=public["demand_id"], state="open")).json()["items"]
    assert [one["id"] for one in listed] == [public["id"]]
    assert (await catalog.get("/v1/solicitations", state="closed")).json()["items"] == []


async def test_an_amendment_of_the_demand_changes_no_call(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open()
    demand = (await catalog.get(call.where)).json()["demand_id"]
    amendment = {"clauses": [], "reason": "放宽"}
    assert (await catalog.post(f"/v1/demands/{demand}/amend", amendment, If_Match='"3"')).status_code == 200
    public = (await catalog.get(call.where)).json()
    assert (public["demand_version"], len(public["clauses"])) == (3, 3)


async def test_a_deadline_is_only_ever_extended_and_before_it(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open()
    earlier = await call.do("extend", {"closes_at": (CLOSES_AT - A_DAY).isoformat(), "reason": "提前"})
    assert (earlier.status_code, earlier.json()["errors"][0]["pointer"]) == (422, "#/closes_at")
    later = CLOSES_AT + A_DAY
    assert (await call.done("extend", {"closes_at": later.isoformat(), "reason": "延长"}))["version"] == 2
    await catalog.clock_strikes(CLOSES_AT)
    assert await call.state() == "open"
    await catalog.clock_strikes(later)
    assert await call.state() == "closed"
    refused = await call.do("extend", {"closes_at": (later + A_DAY).isoformat(), "reason": "延长"})
    assert refused.status_code == 409
    assert "closed" in refused.json()["detail"]


async def test_a_deadline_that_passed_holds_before_the_clock_has_struck(call: Solicited) -> None:
    await call.open()
    await call.expire(now() - timedelta(seconds=1))
    refused = await call.do("extend", {"closes_at": (CLOSES_AT + A_DAY).isoformat(), "reason": "延长"})
    assert refused.status_code == 409
    assert "deadline" in refused.json()["detail"]


async def test_the_owner_is_reminded_before_the_promised_date_and_when_it_passes(
    catalog: CatalogUnderTest, call: Solicited
) -> None:
    await call.open()
    for moment in (CLOSES_AT, DECIDE_BY - 4 * A_DAY, DECIDE_BY - 3 * A_DAY, DECIDE_BY, DECIDE_BY + A_DAY):
        await catalog.clock_strikes(moment)
    assert await reminders(catalog) == [False, True]
    told = [event.data for event in await catalog.recorded() if event.type == "catalog.solicitation.reminded"]
    assert told[0]["solicitation"]["decide_by"].startswith(DECIDE_BY.isoformat()[:19])
    assert (await audited(catalog, id_of(call.where)))[-2:] == ["remind", "remind"]


async def reminders(catalog: CatalogUnderTest) -> list[bool]:
    """Of each reminder so far, whether the promised date had passed."""
    told = [event.data for event in await catalog.recorded() if event.type == "catalog.solicitation.reminded"]
    return [one["is_overdue"] for one in told]


async def test_an_extension_that_keeps_the_promised_date_repeats_no_reminder(
    catalog: CatalogUnderTest, call: Solicited
) -> None:
    await call.open(remind_days=40)
    await catalog.clock_strikes(DECIDE_BY - 40 * A_DAY)
    assert await reminders(catalog) == [False]
    await call.done("extend", {"closes_at": (CLOSES_AT + A_DAY).isoformat(), "reason": "延长"})
    await catalog.clock_strikes(DECIDE_BY - 39 * A_DAY)
    assert await reminders(catalog) == [False]
    later = DECIDE_BY + 30 * A_DAY
    both = {"closes_at": (CLOSES_AT + 2 * A_DAY).isoformat(), "decide_by": later.isoformat(), "reason": "延长"}
    await call.done("extend", both)
    await catalog.clock_strikes(DECIDE_BY)
    assert await reminders(catalog) == [False, False]
    await catalog.clock_strikes(later)
    assert await reminders(catalog) == [False, False, True]


async def test_on_the_promised_date_itself_one_reminder_comes(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open(remind_days=0)
    await catalog.clock_strikes(DECIDE_BY)
    await catalog.clock_strikes(DECIDE_BY + A_DAY)
    assert await reminders(catalog) == [True]


async def test_of_what_is_decided_nobody_is_reminded(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open()
    await call.done("cancel", {"reason": "计划调整"})
    await catalog.clock_strikes(DECIDE_BY)
    assert (await audited(catalog, id_of(call.where))) == ["create", "cancel"]
    assert [one for one in await catalog.recorded() if one.type == "catalog.solicitation.reminded"] == []


async def test_who_submitted_to_a_cancelled_call_is_told_why(catalog: CatalogUnderTest, call: Solicited) -> None:
    await call.open()
    solution = await call.submit(call.firm)
    await call.done("cancel", {"reason": "计划调整"})
    told = (await catalog.get(solution, as_=call.firm)).json()
    assert (told["state"], told["decline_code"], told["decline_reason"]) == ("declined", "cancelled", "计划调整")
    assert (await catalog.get(call.where)).json()["state_reason"] == "计划调整"


async def test_every_step_is_on_record_for_its_owner_alone(catalog: CatalogUnderTest, call: Solicited) -> None:
    first, second = await call.scored()
    await call.done("shortlist", decision([first], second))
    steps = (await catalog.get(f"{call.where}/steps", as_=call.owner, limit=50)).json()["items"]
    assert [one["action"] for one in reversed(steps)] == [
        *("create", "appoint", "close", "declare", "declare", "screen"),
        *("examine", "score", "score", "examine", "score", "score", "shortlist"),
    ]
    assert {one["actor"]["code"] for one in steps if one["action"] == "score"} != {None}
    assert (await catalog.get(f"{call.where}/steps", as_=call.firm)).status_code == 404
    assert (await audited(catalog, id_of(first))) == ["create", "accept", "shortlist"]
    assert (await audited(catalog, id_of(second))) == ["create", "accept", "decline"]
