"""What comes after publication: opening, evaluation, adoption, ends, merging, copying; and every step there is."""

import asyncio
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from catalog.demands import clock
from catalog.demands.rules import LIFE, Action, Actor
from common.clock import now
from common.contracts.words import DemandState
from common.permissions.table import of_service
from tests.integration.catalog.service_under_test import NEXT_YEAR, CatalogUnderTest, Headers, content, id_of
from tests.integration.catalog.test_contacts import told

REASON = {"reason": "三家方案均未达到要求"}


async def stepped(catalog: CatalogUnderTest, where: str, *actions: str) -> dict[str, Any]:
    """The demand after some steps of its owner."""
    for action in actions:
        reply = await catalog.post(f"{where}/{action}", REASON)
        assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_a_demand_goes_from_draft_to_adoption_and_into_the_archive(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    ended = await stepped(catalog, where, "close", "evaluate", "select", "validate", "adopt", "archive")
    assert ended["state"] == "archived"
    told = [event.data["demand"] for event in await catalog.announced()]
    assert [(one["state"], one["is_open"]) for one in told] == [
        ("published", True),
        *((state, False) for state in ("closed", "evaluating", "selected", "in_validation", "adopted", "archived")),
    ]
    steps = [step["change"] for step in (await catalog.get(f"{where}/versions")).json()["items"]]
    assert steps == ["archived", "adopted", "in_validation", "selected", "evaluating", "closed", "published"]


@pytest.mark.parametrize(("path", "state"), [("fail", "unsuccessful"), ("cancel", "cancelled")])
async def test_an_end_without_a_result_needs_a_reason_that_everyone_reads(
    catalog: CatalogUnderTest, path: str, state: str
) -> None:
    where = await catalog.a_published_demand()
    await stepped(catalog, where, "close", "evaluate")
    silent = await catalog.post(f"{where}/{path}", {})
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "#/reason")
    await stepped(catalog, where, path)
    public = (await catalog.get(where)).json()
    assert (public["state"], public["state_reason"]) == (state, REASON["reason"])
    [*_, event] = await catalog.announced()
    assert (event.data["demand"]["state"], event.data["demand"]["state_reason"]) == (state, REASON["reason"])


async def test_an_operator_may_cancel_what_is_public_and_nothing_else(catalog: CatalogUnderTest) -> None:
    operator = catalog.token("91370200MA3CFXAB0D", "运营方（示例）", "operator")
    public, draft = await catalog.a_published_demand(), await catalog.a_draft()
    cancelled = await catalog.post(f"{public}/cancel", REASON, as_=operator)
    assert (cancelled.status_code, cancelled.json()["contact"]) == (200, None)
    assert (await catalog.post(f"{draft}/cancel", REASON, as_=operator)).status_code == 404


async def test_who_publishes_ahead_of_the_opening_time_is_told_of_when_it_comes(catalog: CatalogUnderTest) -> None:
    opens_at = now() + timedelta(days=30)
    where = await catalog.a_published_demand(opens_at=opens_at.isoformat())
    at_once = await catalog.a_published_demand(opens_at=(now() - timedelta(days=1)).isoformat())
    assert await catalog.clock_strikes(opens_at - timedelta(seconds=1)) == 0
    assert await catalog.clock_strikes(opens_at) == 1
    assert await catalog.clock_strikes(opens_at + timedelta(days=1)) == 0
    opened = [event for event in await catalog.announced() if event.type == "catalog.demand.opened"]
    assert [(event.subject, event.data["demand"]["opens_at"] is not None) for event in opened] == [
        (str(id_of(where)), True)
    ]
    [newest, *_] = (await catalog.get(f"{where}/versions")).json()["items"]
    assert newest["change"] == "opened"
    assert (await catalog.get(at_once)).json()["version"] == 3


async def test_an_opening_that_is_put_off_is_told_of_at_the_new_time(catalog: CatalogUnderTest) -> None:
    first, second = now() + timedelta(days=10), now() + timedelta(days=20)
    where = await catalog.a_published_demand(opens_at=first.isoformat())
    await catalog.post(f"{where}/amend", {"opens_at": second.isoformat(), "reason": "推迟"}, If_Match='"3"')
    assert await catalog.clock_strikes(first) == 0
    await catalog.post(f"{where}/amend", {"title": "改后的标题", "reason": "更正"}, If_Match='"4"')
    assert await catalog.clock_strikes(second) == 1


async def test_what_a_release_without_deadlines_published_opens_and_closes_in_time(catalog: CatalogUnderTest) -> None:
    opens_at, closes_at = now() + timedelta(days=10), now() + timedelta(days=20)
    where = await catalog.a_published_demand(opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
    async with catalog.database.begin() as session:
        await session.execute(text("DELETE FROM deadlines"))
    for moment, state in ((now(), "published"), (opens_at, "published"), (closes_at, "closed")):
        async with catalog.database.begin() as session:
            await clock.replan(session, moment)
        await catalog.clock_strikes(moment)
        assert (await catalog.get(where)).json()["state"] == state
    told = [version["change"] for version in (await catalog.get(f"{where}/versions")).json()["items"]]
    assert told == ["closed", "opened", "published"]


async def test_an_amendment_tells_everyone_what_became_different(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand(title="第一版")
    clauses = [{**content()["clauses"][0], "value": 8}]
    body = {"title": "第二版", "clauses": clauses, "contact": {"name": "换人", "phone": "0532-87654321"}}
    await catalog.post(f"{where}/amend", {**body, "reason": "放宽指标"}, If_Match='"3"')
    [newest, first] = (await catalog.get(f"{where}/versions")).json()["items"]
    assert newest["changes"] == [
        {"pointer": "#/title", "before": "第一版", "after": "第二版"},
        {"pointer": "#/clauses/0/value", "before": 5.0, "after": 8.0},
    ]
    assert first["changes"] is None
    [_, amended] = await catalog.announced()
    assert amended.data["changes"] == newest["changes"]


async def test_a_merged_demand_sends_everyone_to_the_one_that_stands_for_it(catalog: CatalogUnderTest) -> None:
    doubled, kept = await catalog.a_published_demand(), await catalog.a_published_demand()
    into = {"into": str(id_of(kept)), "reason": "与该需求重复"}
    merged = await catalog.post(f"{doubled}/merge", into)
    again = await catalog.post(f"{doubled}/merge", into)
    assert (merged.status_code, merged.json()["state"], again.json()) == (200, "merged", merged.json())
    sent = await catalog.get(doubled)
    assert (sent.status_code, sent.headers["location"]) == (308, kept)
    assert (await catalog.http.get(doubled, follow_redirects=True)).json()["id"] == str(id_of(kept))
    assert (await catalog.get(doubled, as_=catalog.port)).json()["merged_into"] == str(id_of(kept))
    event = (await catalog.announced())[-1]
    assert (event.type, event.data["demand"]["merged_into"]) == ("catalog.demand.merged", str(id_of(kept)))
    assert len(await catalog.announced()) == 3


async def test_a_demand_is_merged_into_another_that_goes_on(catalog: CatalogUnderTest) -> None:
    where, draft, gone = [await catalog.a_published_demand(), await catalog.a_draft(), await catalog.a_draft()]
    await catalog.post(f"{gone}/withdraw")
    for into in (where, draft, gone, "/v1/demands/01890a5d-ac96-774b-bcce-b302099a8057"):
        refused = await catalog.post(f"{where}/merge", {"into": str(id_of(into)), **REASON})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/into")


async def test_of_two_merged_into_each_other_at_once_one_goes_on(catalog: CatalogUnderTest) -> None:
    one, other = await catalog.a_published_demand(), await catalog.a_published_demand()
    replies = await asyncio.gather(
        catalog.post(f"{one}/merge", {"into": str(id_of(other)), **REASON}),
        catalog.post(f"{other}/merge", {"into": str(id_of(one)), **REASON}),
    )
    assert sorted(reply.status_code for reply in replies) == [200, 422]


async def test_a_withdrawn_draft_is_drafted_anew_by_a_copy(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft(title="撤回过的草稿", closes_at=None)
    await catalog.post(f"{where}/withdraw")
    copied = await catalog.post(f"{where}/copy")
    assert (copied.status_code, copied.json()["state"], copied.json()["version"]) == (201, "draft", 1)
    assert (copied.json()["title"], copied.json()["copied_from"]) == ("撤回过的草稿", str(id_of(where)))
    assert copied.json()["contact"]["phone"] == "0532-12345678"
    assert copied.headers["location"] == f"/v1/demands/{copied.json()['id']}"


async def test_a_copy_of_anothers_demand_has_no_contact_and_no_time_that_has_passed(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    await catalog.clock_strikes(NEXT_YEAR)
    async with catalog.database.begin() as session:
        await session.execute(text("UPDATE demands SET closes_at = now() - interval '1 day'"))
    copied = await catalog.post(f"{where}/copy", as_=catalog.rival)
    assert (copied.status_code, copied.json()["closes_at"], copied.json()["contact"]) == (201, None, None)
    assert copied.json()["clauses"] == (await catalog.get(where)).json()["clauses"]
    assert (await catalog.post(f"{await catalog.a_draft()}/copy", as_=catalog.rival)).status_code == 404


PERMISSIONS = of_service("catalog")
OPERATIONS = {Action.REQUEST_EDITS: "request_demand_edits"}
PATHS: dict[Action, str] = {
    action: action.replace("_", "-") for action in Action if action not in (Action.REPLACE, Action.OPEN)
}


@pytest.mark.parametrize("party", [Actor.OWNER, Actor.REVIEWER, Actor.OPERATOR, None])
async def test_every_step_over_http_does_what_the_table_says_or_is_refused(
    catalog: CatalogUnderTest, party: Actor | None
) -> None:
    """All states and actions; `None` is somebody who is nothing to the demand."""
    where, target = await catalog.a_published_demand(), await catalog.a_published_demand(title="合并到这里")
    roles = {Actor.OWNER: ("publisher",), None: ("publisher", "enterprise")}.get(party, (str(party),))
    caller = {
        Actor.OWNER: catalog.port,
        Actor.REVIEWER: catalog.token("11370200MB28524675", "市发改委（示例）", "reviewer"),
        Actor.OPERATOR: catalog.token("91370200MA3CFXAB0D", "运营方（示例）", "operator"),
        None: catalog.rival,
    }[party]
    parties = {Actor.OWNER, Actor.PUBLISHER} if party is Actor.OWNER else {party} if party else set[Actor]()
    for state, action in product(DemandState, PATHS):
        await put_into(catalog, where, state)
        reply = await asked(catalog, where, action, caller, into=target)
        is_visible = party is Actor.OWNER or (
            party is not None and (is_public(state) or (party is Actor.REVIEWER and state in SEEN))
        )
        rows = [m for m in LIFE.moves if (m.state, m.action) == (state, action) and not m.by.isdisjoint(parties)]
        if not PERMISSIONS.rows[OPERATIONS.get(action, f"{action}_demand")].admits(roles):
            assert reply.status_code == 403, (state, action, reply.text)
        elif not is_visible:
            assert reply.status_code == 404, (state, action, reply.text)
        elif rows or (LIFE.is_done(state, action) and action not in (Action.AMEND, Action.REQUEST_EDITS, Action.MERGE)):
            assert reply.status_code == 200, (state, action, reply.text)
            assert reply.json()["state"] == (rows[0].to if rows else state), (state, action)
        else:
            possible = ", ".join(LIFE.allowed(state, parties)) or "nothing"
            assert reply.status_code == 409, (state, action, reply.text)
            assert reply.json()["detail"].endswith(f"allowed now: {possible}"), (state, action)


SEEN = {DemandState.SUBMITTED, DemandState.UNDER_REVIEW, DemandState.EDITS_REQUESTED}


def is_public(state: DemandState) -> bool:
    return state not in {DemandState.DRAFT, *SEEN}


async def put_into(catalog: CatalogUnderTest, where: str, state: DemandState) -> None:
    published_at = "now()" if is_public(state) else "NULL"
    change = f"UPDATE demands SET state = :state, version = 3, merged_into = NULL, published_at = {published_at}"
    async with catalog.database.begin() as session:
        await session.execute(text("DELETE FROM history WHERE subject_id = :id"), {"id": id_of(where)})
        await session.execute(text(f"{change} WHERE id = :id"), {"state": str(state), "id": id_of(where)})


async def asked(catalog: CatalogUnderTest, where: str, action: Action, caller: Headers, *, into: str) -> Any:
    body: dict[str, Any] = dict(REASON)
    if action is Action.MERGE:
        body["into"] = str(id_of(into))
    if action is Action.REQUEST_EDITS:
        body["comments"] = [{"field": "#/title", "comment": "请写明"}]
    if action is Action.AMEND:
        return await catalog.post(f"{where}/amend", {**body, "title": "改"}, as_=caller, If_Match='"3"')
    return await catalog.post(f"{where}/{PATHS[action]}", body if action is not Action.PUBLISH else None, as_=caller)


@pytest.mark.parametrize("ending", ["withdraw", "cancel", "close"])
async def test_the_matcher_alone_knows_whom_to_call_while_a_demand_stands(
    catalog: CatalogUnderTest, ending: str
) -> None:
    where = await catalog.a_published_demand()
    await stepped(catalog, where, ending)
    contacts = [contact for _, contact in await told(catalog)]
    assert [contact and contact["phone"] for contact in contacts] == ["0532-12345678"] + [None] * (ending != "close")
