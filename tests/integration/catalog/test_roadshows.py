"""Roadshows: from the plan to what came of it, slots that two want, and full texts that only consent shows."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from catalog.presentations.schemas import EXAMPLE as PRESENTATION
from catalog.roadshows.schemas import EXAMPLE
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of

LOCKS_AT = now() + timedelta(days=20)
STARTS_AT = LOCKS_AT + timedelta(days=7)


class Show:
    """A roadshow of the port's, two firms that seek capital, and two funds."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.firm = catalog.token("91370200MA3F00001E", "甲公司（示例）", "enterprise")
        self.other = catalog.token("91370200163562681G", "乙公司（示例）", "enterprise")
        self.fund = catalog.token("91370200264574251E", "丙基金（示例）", "enterprise")

    async def opened(self, slots_count: int = 1) -> str:
        times = {"locks_at": LOCKS_AT.isoformat(), "starts_at": STARTS_AT.isoformat()}
        where = await self.catalog.made("/v1/roadshows", {**EXAMPLE, **times, "slots_count": slots_count})
        await self.catalog.took(f"{where}/open")
        return where

    async def asking(self, firm: Headers, roadshow: str, place: int = 1, **changes: Any) -> dict[str, Any]:
        demand = await self.catalog.a_published_demand(as_=firm, kind="financing", **changes)
        return {**PRESENTATION, "roadshow_id": str(id_of(roadshow)), "demand_id": str(id_of(demand)), "place": place}

    async def booked(self, firm: Headers, roadshow: str, place: int = 1) -> str:
        return await self.catalog.made("/v1/presentations", await self.asking(firm, roadshow, place), as_=firm)


@pytest.fixture
def show(catalog: CatalogUnderTest) -> Show:
    return Show(catalog)


async def test_a_roadshow_goes_from_its_plan_to_what_came_of_it(show: Show) -> None:
    catalog = show.catalog
    where = await show.opened(slots_count=2)
    presentation = await show.booked(show.firm, where, place=2)
    slots = (await catalog.get(f"{where}/slots")).json()["items"]
    assert [one["presentation_id"] for one in slots] == [None, str(id_of(presentation))]
    assert await catalog.clock_strikes(LOCKS_AT) == 1
    late = await show.asking(show.other, where)
    assert (await catalog.refused("/v1/presentations", late, as_=show.other)).startswith("409 The roadshow is locked")
    assert (await catalog.refused(f"{presentation}/record", {"outcome": "invested"})).startswith("409 The roadshow is")
    await catalog.took(f"{where}/hold")
    assert "without an outcome: 1" in await catalog.refused(f"{where}/follow_up")
    talks = await catalog.took(f"{presentation}/record", {"outcome": "in_talks"})
    assert (talks["state"], talks["outcome"]) == ("followed_up", "in_talks")
    assert (await catalog.took(f"{where}/follow_up"))["state"] == "followed_up"
    invested = await catalog.took(f"{presentation}/record", {"outcome": "invested"}, as_=show.firm)
    assert invested["outcome"] == "invested"

    feed = [(one["noun"], one["change"]) for one in (await catalog.get("/v1/feed", limit=200)).json()["items"]]
    assert [change for noun, change in feed if noun == "roadshow"] == [
        *("planned", "open", "locked", "held", "followed_up")
    ]
    assert [change for noun, change in feed if noun == "presentation"] == ["booked", "followed_up", "record"]
    told = [one.data for one in await catalog.recorded() if one.data.get("noun") == "presentation"]
    assert {(one["action"], one["by"]) for one in told} == {
        *(("create", "presenter"), ("record", "organiser"), ("record", "presenter"))
    }


async def test_of_two_who_take_the_last_slot_at_once_one_gets_it_and_the_other_hears_what_is_free(show: Show) -> None:
    catalog = show.catalog
    where = await show.opened(slots_count=2)
    await show.booked(show.firm, where, place=2)
    bodies = [await show.asking(each, where, title=title) for each, title in ((show.firm, "一"), (show.other, "二"))]
    replies = await asyncio.gather(
        *(
            catalog.post("/v1/presentations", body, as_=each)
            for body, each in zip(bodies, (show.firm, show.other), strict=True)
        )
    )
    assert sorted(one.status_code for one in replies) == [201, 409]
    (lost,) = [one.json() for one in replies if one.status_code == 409]
    assert lost["detail"] == "Slot 1 is not free; free now: none"
    (won,) = [one.headers["location"] for one in replies if one.status_code == 201]
    winner = show.firm if replies[0].status_code == 201 else show.other
    await catalog.took(f"{won}/withdraw", as_=winner)
    taken = bodies[1] if winner is show.firm else bodies[0]
    loser = show.other if winner is show.firm else show.firm
    assert (await catalog.refused("/v1/presentations", {**taken, "place": 2}, as_=loser)).endswith("free now: 1")
    await catalog.made("/v1/presentations", taken, as_=loser)


async def test_a_full_text_is_read_by_consent_each_look_is_on_record_and_consent_ends(show: Show) -> None:
    catalog = show.catalog
    where = await show.booked(show.firm, await show.opened())
    for reader in (None, show.fund, catalog.port):
        assert "full_text" not in (await catalog.get(where, as_=reader)).json()
    assert (await catalog.get(where, as_=show.firm)).json()["full_text"] == PRESENTATION["full_text"]

    asked = {"presentation_id": str(id_of(where))}
    consent = await catalog.made("/v1/consents", asked, as_=show.fund)
    assert (await catalog.refused("/v1/consents", asked, as_=show.fund)).startswith("409 You have asked already")
    assert (await catalog.refused(f"{consent}/open", as_=show.fund)).startswith("409")
    assert (await catalog.refused(f"{consent}/grant", as_=show.fund)).startswith("409")
    await catalog.took(f"{consent}/grant", as_=show.firm)
    opened = await catalog.took(f"{consent}/open", as_=show.fund)
    assert opened["full_text"] == PRESENTATION["full_text"]
    assert (await catalog.refused(f"{consent}/open", as_=show.other)).startswith("404")
    assert (await catalog.get(consent, as_=show.other)).status_code == 404
    await catalog.took(f"{consent}/revoke", {"reason": "已完成融资"}, as_=show.firm)
    assert (await catalog.refused(f"{consent}/open", as_=show.fund)).startswith("409")

    steps = (await catalog.get(f"{consent}/steps", as_=show.firm)).json()["items"]
    assert [(one["action"], one["actor_name"]) for one in reversed(steps)] == [
        ("create", "丙基金（示例）"),
        ("grant", "甲公司（示例）"),
        ("open", "丙基金（示例）"),
        ("revoke", "甲公司（示例）"),
    ]
    mine = (await catalog.get("/v1/consents", as_=show.firm, presentation_id=str(id_of(where)))).json()["items"]
    assert [one["state"] for one in mine] == ["revoked"]
    told = "\n".join(one.model_dump_json() for one in await catalog.recorded())
    feed = (await catalog.get("/v1/feed", limit=200)).text
    versions = (await catalog.get(f"{where}/versions")).text
    assert not any(str(PRESENTATION["full_text"]) in text for text in (told, feed, versions))


async def test_only_ones_own_published_demand_for_financing_is_presented(show: Show) -> None:
    catalog = show.catalog
    where = await show.opened()
    body = await show.asking(show.firm, where)
    scenario = str(id_of(await catalog.a_published_demand()))
    wrong = await catalog.post("/v1/presentations", {**body, "demand_id": scenario})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/demand_id")
    assert (await catalog.post("/v1/presentations", body, as_=show.other)).status_code == 404
    for changes, pointer in (({"track": "炼金"}, "#/track"), ({"ticket_fen": 0}, "#/ticket_fen")):
        reply = await catalog.post("/v1/presentations", {**body, **changes}, as_=show.firm)
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
    await catalog.made("/v1/presentations", body, as_=show.firm)
    assert "presented there already" in await catalog.refused("/v1/presentations", body, as_=show.firm)


async def test_times_follow_each_other_and_a_cancelled_roadshow_says_why(show: Show) -> None:
    catalog = show.catalog
    times = {"locks_at": STARTS_AT.isoformat(), "starts_at": LOCKS_AT.isoformat()}
    reply = await catalog.post("/v1/roadshows", {**EXAMPLE, **times})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/starts_at")
    where = await show.opened()
    assert (await catalog.took(f"{where}/cancel", {"reason": "场地停电"}))["state_reason"] == "场地停电"
    assert await catalog.clock_strikes(LOCKS_AT) == 0
