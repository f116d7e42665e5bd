"""Policies: entered, read by everyone, extended, ended by hand and by the clock."""

from datetime import timedelta
from typing import Any

import pytest

from catalog.policies.schemas import EXAMPLE
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, content, id_of

SOON = now() + timedelta(days=30)


def policy(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE, "expires_at": SOON.isoformat(), **changes}


async def entered(catalog: CatalogUnderTest, **changes: Any) -> str:
    reply = await catalog.post("/v1/policies", policy(**changes))
    assert reply.status_code == 201, reply.text
    return reply.headers["location"]


async def test_everyone_reads_a_policy_and_finds_it_by_what_it_is(catalog: CatalogUnderTest) -> None:
    where = await entered(catalog)
    await entered(catalog, type="talent", tracks=[])
    read = (await catalog.get(where)).json()
    assert (read["state"], read["owner_name"], read["tracks"]) == ("in_force", "青岛港（示例）", ["类脑智能"])
    found = (await catalog.get("/v1/policies", state="in_force", type="subsidy", track="类脑智能")).json()["items"]
    assert [one["id"] for one in found] == [read["id"]]
    refused = await catalog.get("/v1/policies", track="炼金")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "track")


async def test_the_list_is_had_page_by_page(catalog: CatalogUnderTest) -> None:
    entered_ones = [await entered(catalog) for _ in range(3)]
    pages = [items async for items in catalog.pages("/v1/policies?limit=2&type=subsidy")]
    assert [f"/v1/policies/{one['id']}" for items in pages for one in items] == entered_ones[::-1]


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"source_url": "见官网"}, "#/source_url"),
    ({"issued_on": "2199-01-01"}, "#/issued_on"),
    ({"issued_on": "1066-10-14"}, "#/issued_on"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "#/expires_at"),
    ({"tracks": ["炼金"]}, "#/tracks/0"),
    ({"type": "gift"}, "#/type"),
]


@pytest.mark.parametrize(("changes", "pointer"), FAULTY, ids=[pointer for _, pointer in FAULTY])
async def test_a_fault_names_its_field(catalog: CatalogUnderTest, changes: dict[str, Any], pointer: str) -> None:
    reply = await catalog.post("/v1/policies", policy(**changes))
    assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])


async def test_only_publishers_enter_policies_and_only_who_entered_one_changes_it(catalog: CatalogUnderTest) -> None:
    firm = catalog.token("91370200MA3F000017", "甲公司（示例）", "enterprise")
    assert (await catalog.post("/v1/policies", policy(), as_=firm)).status_code == 403
    where = await entered(catalog)
    refused = await catalog.post(f"{where}/expire", {"reason": "不再执行"}, as_=catalog.rival)
    assert refused.status_code == 403
    assert "entered it" in refused.json()["detail"]
    assert (await catalog.post(f"{where}/expire")).status_code == 422
    ended = await catalog.post(f"{where}/expire", {"reason": "不再执行"})
    assert ended.json()["state"] == "expired"
    again = await catalog.post(f"{where}/expire", {"reason": "不再执行"})
    assert again.status_code == 409


async def test_a_policy_ends_by_itself_unless_it_was_extended(catalog: CatalogUnderTest) -> None:
    extended, left = await entered(catalog), await entered(catalog)
    later = SOON + timedelta(days=365)
    reply = await catalog.post(f"{extended}/extend", {"expires_at": later.isoformat(), "reason": "延续一年"})
    assert reply.status_code == 200, reply.text
    await catalog.clock_strikes(SOON + timedelta(seconds=1))
    assert [(await catalog.get(where)).json()["state"] for where in (extended, left)] == ["in_force", "expired"]
    assert await catalog.clock_strikes(SOON + timedelta(seconds=2)) == 0
    await catalog.clock_strikes(later)
    assert (await catalog.get(extended)).json()["state"] == "expired"


async def test_each_step_is_on_record_announced_and_in_the_feed(catalog: CatalogUnderTest) -> None:
    where = await entered(catalog)
    await catalog.post(f"{where}/extend", {"expires_at": None, "reason": "长期有效"})
    steps = (await catalog.get(f"{where}/steps", as_=catalog.port)).json()["items"]
    assert [(one["action"], one["before"], one["after"], one["reason"]) for one in steps] == [
        ("extend", "in_force", "in_force", "长期有效"),
        ("create", None, "in_force", None),
    ]
    assert (await catalog.get(f"{where}/steps", as_=catalog.rival)).status_code == 403
    versions = (await catalog.get(f"{where}/versions")).json()["items"]
    assert [(one["version"], one["change"]) for one in versions] == [(2, "extend"), (1, "in_force")]
    assert [one["pointer"] for one in versions[0]["changes"]] == ["#/expires_at"]
    feed = (await catalog.get("/v1/feed")).json()["items"]
    assert [(one["noun"], one["version"]) for one in feed] == [("policy", 1), ("policy", 2)]
    events = [one for one in await catalog.recorded() if one.type == "catalog.step.taken"]
    assert [(one.data["noun"], one.data["action"]) for one in events] == [("policy", "create"), ("policy", "extend")]


async def test_a_demand_names_policies_in_force_and_a_policy_lists_its_demands(catalog: CatalogUnderTest) -> None:
    standing, ending = await entered(catalog), await entered(catalog, title="补贴办法")
    ids = [str(id_of(where)) for where in (standing, ending)]
    demand = await catalog.a_submitted_demand(policy_ids=ids)
    await catalog.a_published_demand(title="另一条")
    await catalog.post(f"{ending}/expire", {"reason": "不再执行"})
    assert "补贴办法 is expired" in await catalog.refused(f"{demand}/publish")
    tag = (await catalog.get(demand, as_=catalog.port)).headers["etag"]
    assert (await catalog.put(demand, content(policy_ids=ids[:1]), If_Match=tag)).status_code == 200
    for step in ("submit", "publish"):
        await catalog.took(f"{demand}/{step}")

    read = (await catalog.get(demand)).json()
    named = {"id": ids[0], "title": EXAMPLE["title"], "source_url": EXAMPLE["source_url"], "state": "in_force"}
    assert (read["policy_ids"], read["linked_policies"]) == (ids[:1], [named])
    listed = [(await catalog.get(f"{where}/demands")).json()["items"] for where in (standing, ending)]
    assert [[one["id"] for one in items] for items in listed] == [[read["id"]], []]
    (published,) = (await catalog.get(f"{demand}/versions")).json()["items"]
    assert published["demand"]["linked_policies"] == [named]
    copied = await catalog.post(f"{demand}/copy")
    assert copied.json()["policy_ids"] == ids[:1]

    unknown = await catalog.post("/v1/demands", content(policy_ids=[ids[0], read["id"], ids[0]]))
    assert [one["pointer"] for one in unknown.json()["errors"]] == ["#/policy_ids/1", "#/policy_ids/2"]
    assert (await catalog.get(f"/v1/policies/{read['id']}/demands")).status_code == 404


async def test_an_amendment_names_policies_in_force_and_keeps_those_that_have_ended(catalog: CatalogUnderTest) -> None:
    where = await entered(catalog)
    named = [str(id_of(where))]
    demand = await catalog.a_published_demand(policy_ids=named)
    await catalog.post(f"{where}/expire", {"reason": "不再执行"})
    tag = (await catalog.get(demand, as_=catalog.port)).headers["etag"]
    again = {"policy_ids": named, "reason": "补充"}
    assert "is expired" in await catalog.refused(f"{demand}/amend", again, If_Match=tag)
    amended = await catalog.took(f"{demand}/amend", {"docking": "线上", "reason": "补充对接方式"}, If_Match=tag)
    assert [one["state"] for one in amended["linked_policies"]] == ["expired"]


async def test_a_repeated_request_is_one_policy(catalog: CatalogUnderTest) -> None:
    replies = [await catalog.post("/v1/policies", policy(), Idempotency_Key="once") for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert len((await catalog.get("/v1/policies")).json()["items"]) == 1
