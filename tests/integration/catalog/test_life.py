"""The life of a demand, from draft to its end, and what the public hears of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from tests.integration.catalog.service_under_test import NEXT_YEAR, CatalogUnderTest, content, id_of
from tests.support.eventually import eventually


async def test_a_limit_to_some_places_is_published_with_its_reason(catalog: CatalogUnderTest) -> None:
    limit = {"divisions": ["370200"], "justification": "设备故障后须在三十分钟内到场处置"}
    where = await catalog.a_submitted_demand(locality=limit)
    reviewer = catalog.token("11370200MB28524675", "市发改委（示例）", "reviewer")
    why = {"rule": "local_only.limit", "passage": "370200", "justification": "三十分钟到场为法定要求"}
    await catalog.took(f"{where}/justify", why, as_=reviewer)
    await catalog.took(f"{where}/publish")
    assert (await catalog.get(where)).json()["locality"] == limit
    [event] = await catalog.announced()
    assert event.data["demand"]["locality"] == limit
    [version] = (await catalog.get(f"{where}/versions")).json()["items"]
    assert version["demand"]["locality"] == limit


async def test_a_draft_comes_back_as_written(catalog: CatalogUnderTest) -> None:
    reply = await catalog.post("/v1/demands", content())
    stored = await catalog.get(reply.headers["location"], as_=catalog.port)
    assert reply.status_code == 201
    assert stored.json().items() <= reply.json().items()
    assert stored.headers["etag"] == reply.headers["etag"] == '"1"'
    written = content()
    assert {name: stored.json()[name] for name in ("kind", "title", "need", "domain", "tracks", "division")} == {
        name: written[name] for name in ("kind", "title", "need", "domain", "tracks", "division")
    }
    assert stored.json()["clauses"][0]["value"] == 5


async def test_only_its_owner_sees_a_draft(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    assert (await catalog.get(where, as_=catalog.port)).status_code == 200
    for stranger in (None, catalog.rival):
        reply = await catalog.get(where, as_=stranger)
        assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")
        assert (await catalog.get(f"{where}/versions", as_=stranger)).status_code == 404


async def test_publishing_tells_everyone_once(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    first, again = await catalog.post(f"{where}/publish"), await catalog.post(f"{where}/publish")
    [event] = await catalog.announced()
    assert (first.status_code, again.json()) == (200, first.json())
    assert (event.type, event.subject) == ("catalog.demand.published", str(id_of(where)))
    demand = event.data["demand"]
    assert (demand["state"], demand["version"]) == ("published", first.json()["version"])
    assert demand["owner_name"] == "青岛港（示例）"


async def test_publications_at_the_same_time_are_announced_once(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    replies = await asyncio.gather(*(catalog.post(f"{where}/publish") for _ in range(6)))
    assert {reply.status_code for reply in replies} == {200}
    assert len(await catalog.announced()) == 1


async def test_a_draft_must_be_submitted_before_it_is_published(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    reply = await catalog.post(f"{where}/publish")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")
    assert "draft" in reply.json()["detail"]
    assert "replace, submit, withdraw" in reply.json()["detail"]
    assert await catalog.announced() == []


async def test_a_refusal_names_the_state_in_chinese_too(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    reply = await catalog.post(f"{where}/close", Accept_Language="zh-CN")
    assert reply.json()["detail"] == "需求处于“草稿”状态，不能截止；当前可以：修改、提交、撤回"


async def test_an_amendment_is_a_new_version_with_a_reason(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    tag = (await catalog.get(where)).headers["etag"]
    reply = await catalog.post(f"{where}/amend", {**content(title="改后的标题"), "reason": "放宽指标"}, If_Match=tag)
    assert (reply.status_code, reply.json()["title"], reply.json()["version"]) == (200, "改后的标题", 4)
    published, amended = await catalog.announced()
    assert (amended.type, amended.data["demand"]["version"]) == ("catalog.demand.amended", 4)
    assert amended.data["demand"]["amendment_reason"] == "放宽指标"
    assert published.data["demand"]["title"] != amended.data["demand"]["title"]


async def test_an_amendment_needs_a_reason(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    reply = await catalog.post(f"{where}/amend", content(), If_Match='"3"')
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/reason")


async def test_of_two_amendments_to_one_version_the_later_is_refused(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    bodies = [{**content(title=f"第{n}次修改"), "reason": "同时修改"} for n in range(2)]
    replies = await asyncio.gather(*(catalog.post(f"{where}/amend", body, If_Match='"3"') for body in bodies))
    assert sorted(reply.status_code for reply in replies) == [200, 412]
    assert [event.type for event in await catalog.announced()] == ["catalog.demand.published", "catalog.demand.amended"]


async def test_a_published_demand_cannot_turn_into_another_kind(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    reply = await catalog.post(f"{where}/amend", {**content(kind="pilot"), "reason": "换类别"}, If_Match='"3"')
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/kind")


async def test_a_draft_is_replaced_whole(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    reply = await catalog.put(where, {"kind": "pilot", "title": "中试", "need": "小批量试制"}, If_Match='"1"')
    assert (reply.status_code, reply.headers["etag"]) == (200, '"2"')
    after = (await catalog.get(where, as_=catalog.port)).json()
    assert (after["kind"], after["clauses"], after["tracks"], after["contact"]) == ("pilot", [], [], None)


async def test_a_replacement_must_name_the_version_it_replaces(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    assert (await catalog.put(where, content())).status_code == 428
    await catalog.put(where, content(), If_Match='"1"')
    assert (await catalog.put(where, content(), If_Match='"1"')).status_code == 412


async def test_replacing_a_submitted_demand_makes_it_a_draft_again(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    reply = await catalog.put(where, content(), If_Match='"2"')
    assert (reply.status_code, reply.json()["state"]) == (200, "draft")


async def test_a_published_demand_is_not_replaced(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    reply = await catalog.put(where, content(), If_Match='"3"')
    assert reply.status_code == 409
    assert "amend, close, withdraw" in reply.json()["detail"]


async def test_closing_is_announced_once_and_keeps_the_demand_public(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    first, again = await catalog.post(f"{where}/close"), await catalog.post(f"{where}/close")
    assert (first.status_code, again.json()) == (200, first.json())
    assert [event.type for event in await catalog.announced()] == ["catalog.demand.published", "catalog.demand.closed"]
    assert (await catalog.get(where)).json()["state"] == "closed"


async def test_a_withdrawn_draft_is_announced_to_nobody(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    reply = await catalog.post(f"{where}/withdraw", {"reason": "不再需要"})
    assert (reply.status_code, reply.json()["state"]) == (200, "withdrawn")
    assert await catalog.announced() == []
    assert (await catalog.get(where)).status_code == 404


async def test_a_withdrawal_after_publication_is_announced_with_its_reason_on_record(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    await catalog.post(f"{where}/withdraw", {"reason": "项目取消"})
    again = await catalog.post(f"{where}/withdraw", {"reason": "另一个理由"})
    assert again.json()["withdrawal_reason"] == "项目取消"
    assert (await catalog.announced())[-1].type == "catalog.demand.withdrawn"
    assert len(await catalog.announced()) == 2
    public = await catalog.get(where)
    assert (public.status_code, public.json()["withdrawal_reason"]) == (200, "项目取消")


@pytest.mark.parametrize("ending", ["close", "withdraw"])
async def test_what_has_ended_stays_ended(catalog: CatalogUnderTest, ending: str) -> None:
    where = await catalog.a_published_demand()
    assert (await catalog.post(f"{where}/{ending}", {"reason": "结束"})).status_code == 200
    before = await catalog.announced()
    amendment = {**content(), "reason": "再改一次"}
    refused = [
        await catalog.post(f"{where}/submit"),
        await catalog.post(f"{where}/publish"),
        await catalog.post(f"{where}/amend", amendment, If_Match='"4"'),
        await catalog.post(f"{where}/{'withdraw' if ending == 'close' else 'close'}", {"reason": "换一种"}),
    ]
    assert {reply.status_code for reply in refused} == {409}
    possible = {"close": "evaluate, archive, cancel, merge", "withdraw": "nothing"}[ending]
    assert f"allowed now: {possible}" in refused[0].json()["detail"]
    assert await catalog.announced() == before


async def test_the_history_shows_every_public_step_and_never_the_contact(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand(title="第一版")
    await catalog.post(f"{where}/amend", {**content(title="第二版"), "reason": "更正标题"}, If_Match='"3"')
    await catalog.post(f"{where}/close")
    reply = await catalog.get(f"{where}/versions")
    steps = [
        (step["version"], step["change"], step["reason"], step["demand"]["title"]) for step in reply.json()["items"]
    ]
    assert steps == [
        (5, "closed", None, "第二版"),
        (4, "amended", "更正标题", "第二版"),
        (3, "published", None, "第一版"),
    ]
    assert "12345678" not in reply.text
    assert "contact" not in reply.text


async def test_the_history_is_read_page_by_page(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    for version in (3, 4, 5):
        await catalog.post(f"{where}/amend", {**content(), "reason": f"改 {version}"}, If_Match=f'"{version}"')
    pages = [[step["version"] for step in items] async for items in catalog.pages(f"{where}/versions?limit=2")]
    assert pages == [[6, 5], [4, 3]]


async def test_the_contact_is_for_the_owner_alone(
    catalog: CatalogUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    where = await catalog.a_published_demand()
    assert (await catalog.get(where, as_=catalog.port)).json()["contact"]["phone"] == "0532-12345678"
    public = [await catalog.get(where), await catalog.get(where, as_=catalog.rival), await catalog.get("/v1/demands")]
    for reply in public:
        assert "contact" not in reply.text
        assert "12345678" not in reply.text
    assert all("12345678" not in event.model_dump_json() for event in await catalog.announced())
    assert "12345678" not in capsys.readouterr().out


async def test_nobody_moves_another_organisations_demand(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    replies = [
        await catalog.post(f"{where}/close", as_=catalog.rival),
        await catalog.post(f"{where}/withdraw", {"reason": "捣乱"}, as_=catalog.rival),
        await catalog.post(f"{where}/amend", {**content(), "reason": "捣乱"}, as_=catalog.rival, If_Match='"3"'),
    ]
    assert {reply.status_code for reply in replies} == {404}
    assert (await catalog.get(where)).json()["state"] == "published"


async def test_the_clock_closes_what_is_due_and_nothing_else(catalog: CatalogUnderTest) -> None:
    due = await catalog.a_published_demand()
    later = await catalog.a_published_demand(closes_at=(NEXT_YEAR + timedelta(days=9)).isoformat())
    endless = await catalog.a_published_demand(closes_at=None)
    unpublished = await catalog.a_submitted_demand()
    before = await catalog.announced()
    assert await catalog.clock_strikes(NEXT_YEAR - timedelta(seconds=1)) == 0
    assert await catalog.clock_strikes(NEXT_YEAR) == 1
    states = [
        (await catalog.get(where, as_=catalog.port)).json()["state"] for where in (due, later, endless, unpublished)
    ]
    assert states == ["closed", "published", "published", "submitted"]
    [closed] = (await catalog.announced())[len(before) :]
    assert (closed.type, closed.subject) == ("catalog.demand.closed", str(id_of(due)))


async def test_two_clocks_close_each_demand_once(catalog: CatalogUnderTest) -> None:
    for number in range(6):
        await catalog.a_published_demand(title=f"到期需求{number}")
    counts = await asyncio.gather(*(catalog.clock_strikes(NEXT_YEAR) for _ in range(3)))
    closed = [event.subject for event in await catalog.announced() if event.type == "catalog.demand.closed"]
    assert sum(counts) == len(closed) == len(set(closed)) == 6


async def test_a_demand_whose_time_passed_before_publication_is_not_published(catalog: CatalogUnderTest) -> None:
    closes_at = now() + timedelta(seconds=1)
    where = await catalog.a_submitted_demand(closes_at=closes_at.isoformat())
    await eventually(lambda: now() > closes_at)
    reply = await catalog.post(f"{where}/publish")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")
    assert await catalog.announced() == []


async def test_a_repeated_post_has_one_effect(catalog: CatalogUnderTest) -> None:
    first = await catalog.post("/v1/demands", content(), Idempotency_Key="draft-1")
    second = await catalog.post("/v1/demands", content(), Idempotency_Key="draft-1")
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"]
    assert (await catalog.row_counts())["demands"] == 1


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        ("scenario", "publisher", 201),
        ("scenario", "enterprise", 403),
        ("challenge", "enterprise", 201),
        ("financing", "enterprise", 201),
        ("pilot", "enterprise", 201),
        ("pilot", "reviewer", 403),
    ],
)
async def test_who_may_ask_for_what(catalog: CatalogUnderTest, kind: str, role: str, status: int) -> None:
    asker = catalog.token("91110000600037341L", "示例企业", role)
    assert (await catalog.post("/v1/demands", content(kind=kind), as_=asker)).status_code == status


async def test_no_token_no_draft(catalog: CatalogUnderTest) -> None:
    reply = await catalog.http.post("/v1/demands", json=content())
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"json": {}},
        {"content": b""},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
        {"content": b"", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ],
    ids=["nothing", "an empty object", "no bytes", "no bytes of JSON", "no bytes of a form"],
)
async def test_a_demand_can_be_withdrawn_without_a_body(catalog: CatalogUnderTest, sent: dict[str, Any]) -> None:
    where = await catalog.a_published_demand()
    headers = {**catalog.port, **sent.pop("headers", {})}
    reply = await catalog.http.post(f"{where}/withdraw", headers=headers, **sent)
    assert (reply.status_code, reply.json()["state"], reply.json()["withdrawal_reason"]) == (200, "withdrawn", None)
    [newest, _] = (await catalog.get(f"{where}/versions")).json()["items"]
    assert (newest["change"], newest["reason"]) == ("withdrawn", None)
