"""Objections: filed with receipts, answered and decided by others than those concerned, by working days, in public."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from common import deadlines
from common.clock import now
from matcher.app import DUE
from matcher.calendar import working_days
from matcher.objections import clock
from tests.integration.matcher.docking_parties import events, outbox_text
from tests.integration.matcher.objecting import ANSWER, CITY, DECISION, PLATFORM, STATEMENT, Json, Objecting
from tests.integration.matcher.service_under_test import (
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
)


async def ring(house: House, at: datetime) -> bool:
    """Whether anything was due, as the worker finds out."""
    async with house.database.begin() as session:
        await clock.replan(session, at)
    return bool(await deadlines.run_due(house.database, DUE, at))


async def test_an_objection_goes_from_filing_to_a_decision_that_everyone_reads(objecting: Objecting) -> None:
    path = await objecting.filed()
    assert (await objecting.answered(path))["state"] == "answered"
    decided = await objecting.taken(f"{path}/uphold", CITY, "reviewer", DECISION)
    assert (decided["state"], decided["due_on"], decided["allowed"]) == ("upheld", None, [])
    public = await objecting.read(path)
    assert (public["state"], public["decision"], public["is_overdue"]) == ("upheld", DECISION["decision"], False)
    assert public["ended_at"] is not None
    told = [event.type.rsplit(".", 1)[1] for event in await events(objecting.house, "matcher.objection.")]
    assert told == ["filed", "advanced", "advanced", "advanced"]


async def test_every_step_is_on_record_with_who_took_it(objecting: Objecting) -> None:
    path = await objecting.filed()
    await objecting.answered(path)
    await objecting.taken(f"{path}/reject", CITY, "reviewer", DECISION)
    steps = (await objecting.read(f"{path}/steps", OTHER_FIRM))["items"]
    assert [(one["action"], one["before"], one["after"]) for one in reversed(steps)] == [
        ("file", None, "filed"),
        ("accept", "filed", "accepted"),
        ("answer", "accepted", "answered"),
        ("reject", "answered", "rejected"),
    ]
    assert (steps[0]["actor"], steps[0]["reason_text"]) == (CITY.model_dump(), DECISION["decision"])
    assert (await objecting.read(f"{path}/steps", CITY, "auditor"))["items"] == steps
    strange = await objecting.house.client.get(f"{path}/steps", headers=objecting.house.token(FIRM))
    assert strange.status_code == 403


async def test_everyone_reads_how_far_it_is_and_nothing_of_who_objects(objecting: Objecting) -> None:
    path = await objecting.filed()
    await objecting.answered(path)
    [listed] = (await objecting.read("/v1/objections"))["items"]
    for seen in (listed, await objecting.read(path), await objecting.read(path, FIRM)):
        assert (seen["state"], seen["subject"], seen["demand_id"]) == ("answered", "ranking", objecting.demand_id)
        told = json.dumps(seen, ensure_ascii=False)
        assert not any(word in told for word in (OTHER_FIRM.code, STATEMENT, ANSWER["answer"], "receipts", "示例单位"))
    own = await objecting.read(path, OTHER_FIRM)
    assert (own["statement"], own["answer"], own["allowed"]) == (STATEMENT, ANSWER["answer"], ["withdraw"])
    assert STATEMENT not in await outbox_text(objecting.house)


async def test_a_decision_that_names_a_person_is_refused_and_changes_nothing(objecting: Objecting) -> None:
    path = await objecting.filed()
    await objecting.answered(path)
    for words in ("经核实成立，请联系王经理，电话13800000000。", "示例单位的异议不成立，理由见前述答复。"):
        refused = await objecting.take(f"{path}/uphold", CITY, "reviewer", {"decision": words})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/decision")
    assert (await objecting.read(path))["state"] == "answered"


async def test_nobody_answers_or_decides_in_their_own_affair(objecting: Objecting) -> None:
    path = await objecting.filed()
    for who, role in ((PORT, "operator"), (OTHER_FIRM, "operator")):
        assert (await objecting.take(f"{path}/accept", who, role)).status_code == 403
    await objecting.taken(f"{path}/accept", PLATFORM, "operator reviewer")
    answered = await objecting.taken(f"{path}/answer", PLATFORM, "operator reviewer", ANSWER)
    assert answered["allowed"] == []
    for who, role in ((PORT, "reviewer"), (OTHER_FIRM, "reviewer"), (FIRM, "reviewer"), (CITY, "operator")):
        assert not {"uphold", "reject"} & {*(await objecting.read(path, who, role))["allowed"]}
    for who in (PORT, OTHER_FIRM, FIRM, PLATFORM):
        refused = await objecting.take(f"{path}/uphold", who, "operator reviewer", DECISION)
        assert refused.status_code == 403
    assert "does not decide it" in refused.json()["detail"]
    assert (await objecting.read(path))["state"] == "answered"


async def test_a_step_out_of_turn_is_refused_with_what_is_possible(objecting: Objecting) -> None:
    path = await objecting.filed()
    early = await objecting.take(f"{path}/uphold", CITY, "reviewer", DECISION)
    assert (early.status_code, "allowed now: reject" in early.json()["detail"]) == (409, True)
    await objecting.taken(f"{path}/withdraw", OTHER_FIRM, "enterprise")
    late = await objecting.take(f"{path}/accept", PLATFORM, "operator")
    assert (late.status_code, "is withdrawn" in late.json()["detail"]) == (409, True)


async def test_an_organisation_has_one_open_objection_to_the_same(objecting: Objecting) -> None:
    replies = await asyncio.gather(*(objecting.file() for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    [path] = [reply.headers["location"] for reply in replies if reply.status_code == 201]
    assert all(path in reply.json()["detail"] for reply in replies if reply.status_code == 409)
    assert len(await events(objecting.house, "matcher.objection.filed")) == 1
    await objecting.filed(subject="fairness")
    await objecting.taken(f"{path}/withdraw", OTHER_FIRM, "enterprise")
    assert await objecting.filed() != path


FAULTY: list[tuple[Json, str]] = [
    ({"subject": "list_entry"}, "#/list_id"),
    ({"list_id": str(uuid4())}, "#/list_id"),
    ({"demand_id": str(uuid4())}, "#/demand_id"),
    ({"statement": "不服"}, "#/statement"),
    ({"subject": "weather"}, "#/subject"),
]


@pytest.mark.parametrize(
    ("changes", "pointer"), FAULTY, ids=[f"{number}{each}" for number, (_, each) in enumerate(FAULTY)]
)
async def test_a_fault_names_its_field(house: House, changes: Json, pointer: str) -> None:
    objecting = Objecting(house)
    objecting.demand_id = str((await house.hear(demand())).id)
    refused = await objecting.file(**changes)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_there_is_nothing_to_object_to_before_a_ranking(house: House) -> None:
    objecting = Objecting(house)
    objecting.demand_id = str((await house.hear(demand())).id)
    refused = await objecting.file()
    assert (refused.status_code, "nobody was ranked" in refused.json()["detail"]) == (422, True)


async def test_the_list_is_narrowed_paged_and_ones_own(objecting: Objecting) -> None:
    await objecting.filed(subject="list_entry", list_id=str(uuid4()))
    paths = [await objecting.filed(who) for who in (FIRM, OTHER_FIRM)]
    assert len((await objecting.read("/v1/objections?subject=ranking&state=filed"))["items"]) == 2
    first = await objecting.read("/v1/objections?limit=2&subject=ranking")
    assert [f"/v1/objections/{one['id']}" for one in first["items"]] == paths[::-1]
    page = await objecting.read("/v1/objections?limit=1")
    rest = await objecting.read(f"/v1/objections?limit=2&cursor={page['cursor']}")
    assert (len(page["items"]), len(rest["items"]), rest["cursor"]) == (1, 2, None)
    assert len((await objecting.read("/v1/objections?mine=true", FIRM))["items"]) == 1
    nobody = await objecting.house.client.get("/v1/objections?mine=true", headers={"Authorization": ""})
    assert nobody.status_code == 401


async def test_what_is_overdue_is_said_once_for_each_step(objecting: Objecting) -> None:
    path, house = await objecting.filed(), objecting.house
    due = working_days.DueDay(date.fromisoformat((await objecting.read(path))["due_on"]), is_provisional=False)
    assert due.on == working_days.published().after(now(), 5).on
    assert not await ring(house, due.ends_at - timedelta(seconds=1))
    assert [await ring(house, due.ends_at + timedelta(days=more)) for more in (0, 1)] == [True, False]
    [told] = await events(house, "matcher.objection.reminded")
    assert (told.data["act"]["action"], told.data["act"]["actor"]) == ("remind", None)
    later = await objecting.taken(f"{path}/accept", PLATFORM, "operator")
    assert later["due_on"] == working_days.published().after(now(), 7).on.isoformat()
    assert await ring(house, due.ends_at + timedelta(days=30))
    await house.execute("UPDATE objections SET due_on = current_date - 3")
    assert (await objecting.read(path))["is_overdue"]


async def test_what_is_over_is_no_longer_on_the_clock(objecting: Objecting) -> None:
    path = await objecting.filed()
    await objecting.taken(f"{path}/withdraw", OTHER_FIRM, "enterprise")
    assert not await ring(objecting.house, now() + timedelta(days=60))


async def test_days_are_counted_again_once_the_holidays_of_a_year_are_known(
    objecting: Objecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, house = working_days.published(), objecting.house
    monkeypatch.setattr(working_days, "published", lambda: replace(known, years=frozenset({known.last_year - 2})))
    path = await objecting.filed()
    before = await objecting.read(path)
    assert before["is_provisional"]
    day = date.fromisoformat(before["due_on"])
    later = replace(known, years=known.years | {now().year + 1}, names={**known.names, day: "节日"})
    monkeypatch.setattr(working_days, "published", lambda: later)
    assert not await ring(house, now())
    after = await objecting.read(path)
    assert (after["is_provisional"], after["due_on"] > before["due_on"]) == (False, True)
    [told] = await events(house, "matcher.objection.reminded")
    assert told.data["act"]["action"] == "recount"
    assert not await ring(house, working_days.DueDay(day, is_provisional=False).ends_at)


async def test_a_day_that_stays_when_counted_again_is_not_reminded_of_again(
    objecting: Objecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, house = working_days.published(), objecting.house
    monkeypatch.setattr(working_days, "published", lambda: replace(known, years=frozenset({known.last_year - 2})))
    path = await objecting.filed()
    due = working_days.DueDay(date.fromisoformat((await objecting.read(path))["due_on"]), is_provisional=True)
    assert await ring(house, due.ends_at)
    monkeypatch.setattr(working_days, "published", lambda: known)
    assert not await ring(house, due.ends_at + timedelta(days=1))
