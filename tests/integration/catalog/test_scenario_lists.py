"""What lists promise: complete entries, one winner, nothing changed once frozen, nothing private told."""

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from tests.integration.catalog.listed import COMPLETE, TERMS, Listed
from tests.integration.catalog.service_under_test import CatalogUnderTest

LACKING: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"docking": None}, {}, "docking"),
    ({"policies": []}, {}, "policies"),
    ({"clauses": []}, {}, "clauses"),
    ({}, {"level": None}, "level"),
]


@pytest.mark.parametrize(("demand", "entry", "field"), LACKING, ids=[field for _, _, field in LACKING])
async def test_an_entry_that_lacks_something_keeps_the_list_back(
    catalog: CatalogUnderTest, demand: dict[str, Any], entry: dict[str, Any], field: str
) -> None:
    of = Listed(catalog)
    sound, lacking = await of.demand("箱体残损识别"), await of.demand("集卡定位", **demand)
    await of.begin()
    await of.arrange({"demand_id": sound, "level": "generic"}, {"demand_id": lacking, "level": "high_end", **entry})
    await of.done("draft")
    refused = await of.do("submit")
    assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (
        422,
        [f"#/entries/1/{field}"],
    )
    assert (await of.read())["state"] == "drafting"


async def test_a_list_without_entries_or_with_a_demand_taken_back_is_not_published(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    await of.begin()
    await of.done("draft")
    assert (await of.do("submit")).json()["errors"][0]["pointer"] == "#/entries"
    kept, gone = await of.demand("箱体残损识别"), await of.demand("集卡定位")
    await of.arranged(gone, kept)
    await of.done("submit")
    await of.done("approve", as_=of.reviewer)
    assert (await catalog.post(f"/v1/demands/{gone}/withdraw", {"reason": "另行安排"})).status_code == 200
    refused = await of.do("publish")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "#/entries/0/demand_id")
    assert (await of.read())["state"] == "frozen"


NOT_LISTABLE: list[tuple[str, str]] = [
    ("draft", "#/entries/0/demand_id"),
    ("pilot", "#/entries/0/demand_id"),
    ("twice", "#/entries/0/demand_id"),
    ("version", "#/entries/0/demand_version"),
]


@pytest.mark.parametrize(("case", "pointer"), NOT_LISTABLE, ids=[case for case, _ in NOT_LISTABLE])
async def test_what_cannot_be_listed_is_named(catalog: CatalogUnderTest, case: str, pointer: str) -> None:
    of = Listed(catalog)
    await of.begin()
    demand = await of.demand("箱体残损识别", kind="pilot" if case == "pilot" else "scenario")
    if case == "draft":
        demand = (await catalog.a_draft()).rsplit("/", 1)[1]
    entry = {"demand_id": demand, **({"demand_version": 99} if case == "version" else {})}
    refused = await of.arrange(*[entry] * (2 if case == "twice" else 1))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_of_two_at_once_one_wins(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    first, second = await of.demand("箱体残损识别"), await of.demand("集卡定位")
    begun = await asyncio.gather(*(catalog.post("/v1/lists", TERMS, as_=of.editor) for _ in range(2)))
    assert sorted(one.status_code for one in begun) == [201, 409]
    of.where = next(one.headers["location"] for one in begun if one.status_code == 201)
    version = (await of.read())["version"]
    entries = [{"demand_id": one, "level": "generic"} for one in (first, second)]
    arranged = await asyncio.gather(*(of.arrange(one, version=version) for one in entries))
    assert sorted(one.status_code for one in arranged) == [200, 412]
    [kept] = await of.entries()
    won = [entry["demand_id"] for entry, reply in zip(entries, arranged, strict=True) if reply.status_code == 200]
    assert [kept["demand_id"]] == won
    await of.done("draft")
    await of.done("submit")
    decided = await asyncio.gather(
        of.do("approve", as_=of.reviewer),
        of.do("request-edits", {"comments": [{"field": "#/title", "comment": "缺批次"}]}, as_=of.reviewer),
    )
    assert sorted(one.status_code for one in decided) == [200, 409]


async def test_of_two_corrections_or_publications_at_once_one_wins(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    await of.published(await of.demand("箱体残损识别"))
    corrections = await asyncio.gather(*(of.do("correct", {"reason": f"第{one}次"}) for one in range(2)))
    assert sorted(one.status_code for one in corrections) == [201, 409]
    of.where = next(one.headers["location"] for one in corrections if one.status_code == 201)
    await of.done("submit")
    await of.done("approve", as_=of.reviewer)
    published = await asyncio.gather(*(of.do("publish") for _ in range(2)))
    assert [one.json()["state"] for one in published] == ["published"] * 2
    feed = (await catalog.get("/v1/feed")).json()["items"]
    changes = [one["change"] for one in feed if one["noun"] == "list"]
    assert (changes[0], sorted(changes[1:])) == ("published", ["published", "superseded"])


async def test_frozen_and_published_lists_never_change(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    demand = await of.demand("箱体残损识别")
    await of.begin()
    await of.frozen(demand)
    for _ in ("frozen", "published"):
        before = await of.read(), await of.entries()
        etag = {"If_Match": f'"{before[0]["version"]}"'}
        terms = {"title": "另一标题"}
        assert (await catalog.put(of.where, terms, as_=of.editor, **etag)).status_code == 409
        assert (await of.arrange()).status_code == 409
        for step, party in (("draft", of.editor), ("submit", of.editor), ("request-edits", of.reviewer)):
            body = {"comments": [{"field": "#/title", "comment": "改"}]} if step == "request-edits" else None
            assert (await of.do(step, body, as_=party)).status_code == 409
        assert (await of.read(), await of.entries()) == before
        await of.done("publish")
    assert (await of.do("cancel", {"reason": "不再需要"})).status_code == 409


async def test_who_may_see_and_do_what(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    refused = await catalog.post("/v1/lists", TERMS, as_=of.port)
    assert (refused.status_code, "list_editor" in refused.json()["detail"]) == (403, True)
    demand = await of.demand("箱体残损识别")
    await of.begin()
    firm = catalog.token("91370200MA3F000017", "甲公司（示例）", "enterprise")
    seen = {name: (await catalog.get(of.where, as_=as_)).status_code for name, as_ in readers(of, firm).items()}
    assert seen == {"nobody": 404, "firm": 404, "publisher": 200, "colleague": 200, "editor": 200, "reviewer": 404}
    assert (await of.do("draft", as_=of.reader)).status_code == 403
    assert (await of.do("draft", as_=of.port)).status_code == 403
    await of.arranged(demand)
    await of.done("draft")
    seen = {name: (await catalog.get(of.where, as_=as_)).status_code for name, as_ in readers(of, firm).items()}
    assert seen == {"nobody": 404, "firm": 404, "publisher": 404, "colleague": 200, "editor": 200, "reviewer": 404}
    listed = {name: await count(of, as_) for name, as_ in readers(of, firm).items()}
    assert listed == {"nobody": 0, "firm": 0, "publisher": 0, "colleague": 1, "editor": 1, "reviewer": 0}
    both = catalog.token("91370200MA3F00021G", "发展改革委（示例）", "list_editor", "reviewer")
    await of.done("submit", as_=both)
    assert (await of.do("approve", as_=both)).status_code == 409
    assert await count(of, of.reviewer) == 1
    await of.done("approve", as_=of.reviewer)
    assert (await of.do("publish", as_=of.reviewer)).status_code == 403
    await of.done("publish")
    assert "review_comments" not in (await catalog.get(of.where)).json()
    assert (await catalog.get(f"{of.where}/steps", as_=of.port)).status_code == 403
    assert len((await catalog.get(f"{of.where}/steps", as_=of.reviewer)).json()["items"]) == 6


def readers(of: Listed, firm: dict[str, str]) -> dict[str, dict[str, str] | None]:
    return {
        "nobody": None,
        "firm": firm,
        "publisher": of.port,
        "colleague": of.reader,
        "editor": of.editor,
        "reviewer": of.reviewer,
    }


async def count(of: Listed, as_: dict[str, str] | None) -> int:
    return len((await of.catalog.get("/v1/lists", as_=as_)).json()["items"])


async def test_a_proposal_is_of_ones_own_and_answered_once_and_for_a_reason(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    own, foreign = await of.demand("箱体残损识别"), await of.demand("质检视觉", as_=of.factory)
    await of.begin()
    assert (await of.propose(foreign)).json()["errors"][0]["pointer"] == "#/demand_id"
    proposal = (await of.propose(own, level="generic")).headers["location"]
    assert (await of.propose(own)).status_code == 409
    assert (await catalog.get(proposal, as_=of.factory)).status_code == 404
    assert (await catalog.post(f"{proposal}/take", {}, as_=of.port)).status_code == 403
    assert (await catalog.post(f"{proposal}/decline", as_=of.editor)).status_code == 422
    taken = await catalog.post(f"{proposal}/take", {"level": "high_end"}, as_=of.editor)
    assert (taken.status_code, [one["level"] for one in await of.entries()]) == (200, ["high_end"])
    assert (await catalog.post(f"{proposal}/retract", as_=of.port)).status_code == 409
    dropped = await of.arrange()
    assert (dropped.status_code, proposal.rsplit("/", 1)[1] in dropped.json()["detail"]) == (409, True)
    assert (await catalog.post(f"{proposal}/decline", {"reason": "重复"}, as_=of.editor)).status_code == 200
    assert await of.entries() == []
    mine = (await catalog.get("/v1/proposals", as_=of.port, state="declined")).json()["items"]
    assert [(one["id"], one["state_reason"]) for one in mine] == [(proposal.rsplit("/", 1)[1], "重复")]
    assert (await catalog.get("/v1/proposals", as_=of.factory)).json()["items"] == []
    events = [one.data for one in await catalog.recorded() if one.data.get("noun") == "proposal"]
    assert [(one["action"], len(one["audience"])) for one in events] == [("create", 1), ("take", 1), ("decline", 1)]


async def test_the_clock_ends_a_survey(catalog: CatalogUnderTest) -> None:
    of, until = Listed(catalog), now() + timedelta(days=20)
    own = await of.demand("箱体残损识别")
    refused = await catalog.post("/v1/lists", {**TERMS, "collect_by": "2020-01-01T00:00:00Z"}, as_=of.editor)
    assert refused.json()["errors"][0]["pointer"] == "#/collect_by"
    await of.begin(collect_by=until.isoformat())
    await catalog.clock_strikes(until - timedelta(seconds=1))
    assert (await of.read())["state"] == "collecting"
    await catalog.clock_strikes(until)
    assert (await of.read())["state"] == "drafting"
    assert (await of.propose(own)).status_code == 404
    assert (await of.propose(own, as_=of.editor)).status_code == 409


async def test_a_repeated_request_has_one_effect(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    demand = await of.demand("箱体残损识别")
    begun = [await catalog.post("/v1/lists", TERMS, as_=of.editor, Idempotency_Key="begin") for _ in range(2)]
    assert begun[0].json() == begun[1].json()
    of.where = begun[0].headers["location"]
    await of.frozen(demand)
    published = [await of.do("publish", Idempotency_Key="publish") for _ in range(2)]
    assert published[0].json() == published[1].json() == await of.read()
    assert (await of.done("publish"))["version"] == published[0].json()["version"]


async def test_exports_are_the_same_bytes_with_a_tag_and_a_digest(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    await of.begin()
    await of.frozen(await of.demand("箱体残损识别"))
    assert (await catalog.get(f"{of.where}/export")).status_code == 404
    assert (await catalog.get(f"{of.where}/export", as_=of.editor)).status_code == 409
    published = await of.done("publish")
    for form in ("json", "jsonld", "xlsx", "docx", "ocds"):
        first, again = await of.export(form), await of.export(form)
        assert first.content == again.content
        digest = hashlib.sha256(first.content).digest()
        assert first.headers["content-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
        assert first.headers["etag"] == again.headers["etag"] == f'"{digest.hex()}"'
        assert "scenario-list-2027-1-1" in first.headers["content-disposition"]
        assert "联系人甲".encode() not in first.content
        known = await of.export(form, **{"If-None-Match": first.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
        file = await catalog.get(f"{of.where}/export.{'ocds.json' if form == 'ocds' else form}")
        assert (file.content, file.headers["etag"]) == (first.content, first.headers["etag"])
    assert (await of.export("json")).headers["etag"] == f'"{published["digest"]}"'
    linked = await catalog.http.get(f"{of.where}/export", headers={"Accept": "application/ld+json"})
    assert (linked.headers["content-type"], linked.headers["vary"]) == ("application/ld+json", "Accept")
    refused = await catalog.http.get(f"{of.where}/export", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.json()["type"]) == (406, "/problems/not_acceptable")
    assert (await of.export("pdf")).status_code == 422
    assert (await catalog.get(f"{of.where}/export.pdf")).status_code == 422


async def test_entries_come_page_by_page_and_keep_their_versions(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    demands = [await of.demand(f"场景{number}") for number in range(3)]
    await of.begin()
    await of.arranged(*demands)
    amended = await catalog.post(f"/v1/demands/{demands[0]}/amend", {"title": "改名", "reason": "更名"}, If_Match='"3"')
    assert amended.status_code == 200, amended.text
    assert (await of.arrange(*({"demand_id": one} for one in reversed(demands)))).status_code == 200
    pages = [items async for items in catalog.pages_as(of.editor, f"{of.where}/entries?limit=2")]
    assert [[one["title"] for one in items] for items in pages] == [["场景2", "场景1"], ["场景0"]]
    assert {one["level"] for one in pages[0]} == {"high_end"}
    assert await of.arrange({"demand_id": demands[0], "demand_version": 4})
    assert [(one["title"], one["position"]) for one in await of.entries()] == [("改名", 1)]


async def test_a_cancelled_edition_frees_its_year_and_its_correction(catalog: CatalogUnderTest) -> None:
    of = Listed(catalog)
    first = await of.begin()
    assert (await of.do("cancel")).status_code == 422
    await of.done("cancel", {"reason": "改为两批"})
    published = await of.published(await of.demand("箱体残损识别"))
    assert of.where != first
    stands = of.where
    draft = await of.done("correct", {"reason": "有误"})
    of.where = f"/v1/lists/{draft['id']}"
    await of.done("cancel", {"reason": "无误"})
    of.where = stands
    assert (await of.read())["state"] == "published"
    again = await of.done("correct", {"reason": "确有误"})
    assert (again["edition"], again["state"], again["entries_count"]) == (2, "drafting", published["entries_count"])
    assert (await catalog.get(f"{stands}/difference")).json()["errors"][0]["parameter"] == "since"
    same = (await catalog.get(f"{stands}/difference", since=stands.rsplit("/", 1)[1])).json()
    assert (same["added"], same["removed"], same["changed"], same["is_reordered"]) == ([], [], [], False)
    assert COMPLETE["docking"] == (await of.entries())[0]["docking"]
