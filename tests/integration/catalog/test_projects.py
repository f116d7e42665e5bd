"""Demonstration projects: the whole life of one, who may take which step, and what the clock does."""

from datetime import timedelta
from typing import Any

import pytest

from catalog.projects.schemas import EXAMPLE
from common.clock import now
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, Headers, id_of

POWER = "91370200163562681G"
SOON = now() + timedelta(days=30)


class Dispatch:
    """A dispatcher, a lead unit (the port) and an authority that is asked for something."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.dispatcher = catalog.token("91370200264574251E", "市发改部门（示例）", "dispatcher")
        self.power = catalog.token(POWER, "供电部门（示例）", "publisher")

    async def made(self, path: str, body: dict[str, Any], as_: Headers | None = None) -> str:
        return await self.catalog.made(path, body, as_=as_ or self.dispatcher)

    async def took(self, path: str, body: Any = None, as_: Headers | None = None) -> dict[str, Any]:
        return await self.catalog.took(path, body, as_=as_ or self.dispatcher)

    async def a_project(self, *, is_led: bool = True) -> str:
        demand = await self.catalog.a_published_demand()
        where = await self.made("/v1/projects", {**EXAMPLE, "demand_id": str(id_of(demand))})
        if is_led:
            await self.took(f"{where}/assign", {"lead": {"scheme": "uscc", "code": PORT}})
            await self.took(f"{where}/prepare")
        return where

    async def a_milestone(self, project: str) -> str:
        body = {"project_id": str(id_of(project)), "title": "试运行", "due_at": SOON.isoformat()}
        return await self.made("/v1/milestones", body, self.catalog.port)


@pytest.fixture
def dispatch(catalog: CatalogUnderTest) -> Dispatch:
    return Dispatch(catalog)


async def test_a_project_goes_from_identification_to_completion_with_what_it_taught(dispatch: Dispatch) -> None:
    catalog, port = dispatch.catalog, dispatch.catalog.port
    where = await dispatch.a_project()
    assert (await catalog.post(f"{where}/implement")).json()["lead_name"] == "青岛港（示例）"
    led = await catalog.get("/v1/projects", lead=f"uscc:{PORT}", state="implementation")
    assert [one["id"] for one in led.json()["items"]] == [str(id_of(where))]
    milestone = await dispatch.a_milestone(where)
    reported = await dispatch.took(f"{milestone}/report", {"reason": "两个闸口已部署"}, port)
    assert reported["report"] == "两个闸口已部署"
    refused = await catalog.post(f"{where}/complete", as_=dispatch.dispatcher)
    assert (refused.status_code, "not assessed yet: 1" in refused.json()["detail"]) == (409, True)

    await catalog.a_draft(as_=dispatch.power)  # an organisation is on record once it acts
    need = {"project_id": str(id_of(where)), "type": "energy", "title": "增容", "text": "需增容 400 千伏安"}
    request = await dispatch.made("/v1/guarantees", need, port)
    asked = await dispatch.took(f"{request}/assign", {"waits_for": {"scheme": "uscc", "code": POWER}})
    assert (asked["state"], asked["waits_for_name"]) == ("assigned", "供电部门（示例）")
    listed = (await catalog.get("/v1/guarantees", as_=dispatch.power, state="assigned")).json()["items"]
    assert [one["id"] for one in listed] == [asked["id"]]
    assert (await dispatch.took(f"{request}/resolve", {"reason": "已增容送电"}, dispatch.power))["state"] == "resolved"

    await dispatch.took(f"{milestone}/assess", {"state": "partially_met", "reason": "尚缺一个闸口"})
    assert (await dispatch.took(f"{milestone}/assess", {"state": "met"}))["state"] == "met"
    assert (await dispatch.took(f"{where}/complete"))["state"] == "completion"
    lesson: dict[str, Any] = {"title": "先试一个", "text": "先改造一个再推广", "tags": ["闸口", "闸口"]}
    lesson["project_id"] = str(id_of(where))
    await dispatch.made("/v1/lessons", lesson, port)
    found = (await catalog.get("/v1/lessons", tag="闸口")).json()["items"]
    assert [(one["title"], one["tags"]) for one in found] == [("先试一个", ["闸口"])]

    steps = (await catalog.get(f"{where}/steps", as_=port)).json()["items"]
    assert [one["after"] for one in reversed(steps)] == [
        *("identification", "identification", "preparation", "implementation", "completion")
    ]
    feed = [(one["noun"], one["change"]) for one in (await catalog.get("/v1/feed", limit=200)).json()["items"]]
    assert [one for one in feed if one[0] == "milestone"] == [
        *(("milestone", "scheduled"), ("milestone", "report"), ("milestone", "partially_met"), ("milestone", "met"))
    ]
    assert ("project", "completion") in feed
    assert ("lesson", "published") in feed
    assert "guarantee request" not in dict(feed)
    told = [one.data for one in await catalog.recorded() if one.data.get("noun") == "guarantee request"]
    assert [one["action"] for one in told] == ["create", "assign", "resolve"]
    assert {"scheme": "uscc", "code": POWER} in told[1]["audience"]


async def test_only_a_dispatcher_enters_projects_and_names_what_is_wrong(dispatch: Dispatch) -> None:
    catalog = dispatch.catalog
    demand = str(id_of(await catalog.a_published_demand()))
    draft = str(id_of(await catalog.a_draft()))
    assert (await catalog.post("/v1/projects", {**EXAMPLE, "demand_id": demand})).status_code == 403
    faulty: list[tuple[dict[str, Any], str]] = [
        ({"demand_id": draft}, "#/demand_id"),
        ({"demand_id": demand, "completes_on": "2026-01-01"}, "#/completes_on"),
        ({"demand_id": demand, "investment_fen": 1.5}, "#/investment_fen"),
        ({"demand_id": demand, "investment_fen": True}, "#/investment_fen"),
        ({"demand_id": demand, "starts_on": 20260301}, "#/starts_on"),
    ]
    for changes, pointer in faulty:
        reply = await catalog.post("/v1/projects", {**EXAMPLE, **changes}, as_=dispatch.dispatcher)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])


async def test_a_project_is_prepared_by_who_leads_it(dispatch: Dispatch) -> None:
    catalog = dispatch.catalog
    where = await dispatch.a_project(is_led=False)
    assert (await catalog.post(f"{where}/prepare", as_=dispatch.dispatcher)).status_code == 409
    unknown = await catalog.post(
        f"{where}/assign", {"lead": {"scheme": "uscc", "code": POWER}}, as_=dispatch.dispatcher
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "#/lead")
    assert (await catalog.post(f"{where}/implement")).status_code == 403


async def test_a_project_is_amended_by_who_read_it_and_stopped_for_a_reason(dispatch: Dispatch) -> None:
    catalog = dispatch.catalog
    where = await dispatch.a_project()
    terms = {name: EXAMPLE[name] for name in ("summary", "investment_fen", "starts_on", "completes_on")}
    body = {**terms, "investment_fen": 3, "reason": "缩减规模"}
    stale = await catalog.post(f"{where}/amend", body, as_=dispatch.dispatcher, If_Match='"1"')
    assert stale.status_code == 412
    amended = await catalog.post(f"{where}/amend", body, as_=dispatch.dispatcher, If_Match='"3"')
    assert amended.json()["investment_fen"] == 3
    versions = (await catalog.get(f"{where}/versions")).json()["items"]
    assert [one["pointer"] for one in versions[0]["changes"]] == ["#/investment_fen"]
    assert (await catalog.post(f"{where}/stop", as_=dispatch.dispatcher)).status_code == 422
    stopped = await dispatch.took(f"{where}/stop", {"reason": "用地未落实"})
    assert (stopped["state"], stopped["state_reason"]) == ("stopped", "用地未落实")
    body = {"project_id": str(id_of(where)), "title": "试运行", "due_at": SOON.isoformat()}
    assert (await catalog.post("/v1/milestones", body, as_=dispatch.dispatcher)).status_code == 409


async def test_an_overdue_milestone_is_reminded_of_once(dispatch: Dispatch) -> None:
    catalog = dispatch.catalog
    project = await dispatch.a_project()
    late, put_off, met = [await dispatch.a_milestone(project) for _ in range(3)]
    later = SOON + timedelta(days=9)
    await dispatch.took(f"{put_off}/reschedule", {"due_at": later.isoformat(), "reason": "设备到货推迟"})
    await dispatch.took(f"{met}/assess", {"state": "met"})
    for at in (SOON, SOON + timedelta(days=1), later, later + timedelta(days=1)):
        await catalog.clock_strikes(at + timedelta(seconds=1))
    reminded = [one.subject for one in await catalog.recorded() if one.data.get("action") == "remind"]
    assert reminded == [str(id_of(late)), str(id_of(put_off))]
    assert (await catalog.get(late)).json()["state"] == "scheduled"


async def test_what_a_project_lacks_is_for_those_whom_it_concerns(dispatch: Dispatch) -> None:
    catalog = dispatch.catalog
    project = await dispatch.a_project()
    need = {"project_id": str(id_of(project)), "type": "land", "title": "用地", "text": "需用地指标"}
    assert (await catalog.post("/v1/guarantees", need, as_=catalog.rival)).status_code == 403
    where = await dispatch.made("/v1/guarantees", need, catalog.port)
    assert (await catalog.get(where, as_=catalog.port)).status_code == 200
    assert [(await catalog.get(where, as_=each)).status_code for each in (None, catalog.rival)] == [401, 404]
    assert (await catalog.get("/v1/guarantees", as_=catalog.rival)).json()["items"] == []
    assert (await catalog.post(f"{where}/resolve", {"reason": "已办"}, as_=catalog.rival)).status_code == 404
    refused = await catalog.post(f"{where}/resolve", {"reason": "已办"}, as_=dispatch.dispatcher)
    assert (refused.status_code, "allowed now: assign, refuse" in refused.json()["detail"]) == (409, True)
    assert (await catalog.post(f"{where}/withdraw")).json()["state"] == "withdrawn"
