"""Pilot bookings: asked for, quoted, booked within a line's capacity, and delivered."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.pilot_lines.schemas import EXAMPLE
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of

VALID_UNTIL = now() + timedelta(days=10)
FIRST = date.today() + timedelta(days=30)  # noqa: DTZ011  # a month ahead, wherever it is midnight
QUOTE: dict[str, Any] = {
    "price_fen": 38000000,
    "valid_until": VALID_UNTIL.isoformat(),
    "starts_on": FIRST.isoformat(),
    "ends_on": (FIRST + timedelta(days=9)).isoformat(),
}


class Base:
    """A pilot base, and two firms that ask it."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.base = catalog.token("91370200264574251E", "中试基地（示例）", "enterprise")
        self.firm = catalog.token("91370200MA3F00001E", "甲公司（示例）", "enterprise")
        self.other = catalog.token("91370200163562681G", "乙公司（示例）", "enterprise")

    async def a_line(self, capacity: int = 1) -> str:
        return await self.catalog.made("/v1/pilot-lines", {**EXAMPLE, "capacity": capacity}, as_=self.base)

    async def asked(self, line: str, by: Headers, **changes: Any) -> str:
        body = {"line_id": str(id_of(line)), "text": "200 件封装", "trl_in": 6, "trl_out": 8, **changes}
        return await self.catalog.made("/v1/pilots", body, as_=by)

    async def quoted(self, line: str, by: Headers, **changes: Any) -> str:
        where = await self.asked(line, by)
        await self.catalog.took(f"{where}/quote", {**QUOTE, **changes}, as_=self.base)
        return where


@pytest.fixture
def base(catalog: CatalogUnderTest) -> Base:
    return Base(catalog)


async def test_a_pilot_goes_from_the_request_to_its_delivery(base: Base) -> None:
    catalog = base.catalog
    line = await base.a_line()
    demand = await catalog.a_published_demand(as_=base.firm, kind="pilot")
    where = await base.asked(line, base.firm, demand_id=str(id_of(demand)))
    quoted = await catalog.took(f"{where}/quote", QUOTE, as_=base.base)
    assert (quoted["state"], quoted["price_fen"], quoted["starts_on"]) == ("quoted", 38000000, QUOTE["starts_on"])
    assert (await catalog.took(f"{where}/book", as_=base.firm, If_Match='"2"'))["state"] == "booked"
    assert await catalog.clock_strikes(VALID_UNTIL) == 0
    low = await catalog.post(f"{where}/deliver", {"trl_reached": 5, "reason": "未达标"}, as_=base.base)
    assert (low.status_code, low.json()["errors"][0]["pointer"]) == (422, "#/trl_reached")
    delivered = await catalog.took(f"{where}/deliver", {"trl_reached": 8, "reason": "通过老化"}, as_=base.base)
    assert (delivered["state"], delivered["trl_reached"]) == ("delivered", 8)

    steps = (await catalog.get(f"{where}/steps", as_=base.firm)).json()["items"]
    assert [(one["action"], one["party"]) for one in reversed(steps)] == [
        *(("create", "requester"), ("quote", "base"), ("book", "requester"), ("deliver", "base"))
    ]
    events = [one.data for one in await catalog.recorded() if one.data.get("noun") == "pilot booking"]
    assert [one["action"] for one in events] == ["create", "quote", "book", "deliver"]
    assert events[0]["audience"] == [{"scheme": "uscc", "code": "91370200264574251E"}]
    feed = (await catalog.get("/v1/feed", limit=200)).json()["items"]
    assert {one["noun"] for one in feed} == {"demand", "pilot line"}
    assert (await catalog.get(where, as_=base.other)).status_code == 404
    assert [len((await catalog.get("/v1/pilots", as_=each)).json()["items"]) for each in (base.base, base.other)] == [
        *(1, 0)
    ]


async def test_a_line_is_never_booked_beyond_its_capacity(base: Base) -> None:
    catalog = base.catalog
    line = await base.a_line(capacity=2)
    wanting = [await base.quoted(line, by) for by in (base.firm, base.other, base.firm)]
    payers = (base.firm, base.other, base.firm)
    replies = await asyncio.gather(
        *(
            catalog.post(f"{where}/book", as_=payer, If_Match='"2"')
            for where, payer in zip(wanting, payers, strict=True)
        )
    )
    assert sorted(one.status_code for one in replies) == [200, 200, 409]
    (full,) = [one.json()["detail"] for one in replies if one.status_code == 409]
    after = FIRST + timedelta(days=10)
    assert f"the next are free from {after} through {after + timedelta(days=9)}" in full
    (left,) = [place for place, one in enumerate(replies) if one.status_code == 409]
    won = 1 if left == 0 else 0
    await catalog.took(f"{wanting[won]}/cancel", {"reason": "样品延期"}, as_=base.base)
    await catalog.took(f"{wanting[left]}/book", as_=payers[left], If_Match='"2"')


async def test_a_quote_lapses_by_the_clock_and_binds_nobody_from_then_on(base: Base) -> None:
    catalog = base.catalog
    where = await base.quoted(await base.a_line(), base.firm)
    await catalog.clock_strikes(VALID_UNTIL)
    lapsed = (await catalog.get(where, as_=base.firm)).json()
    assert (lapsed["state"], lapsed["version"]) == ("requested", 3)
    assert (await catalog.refused(f"{where}/book", as_=base.firm, If_Match='"3"')).startswith("409")
    later = (VALID_UNTIL + timedelta(days=9)).isoformat()
    again = await catalog.took(f"{where}/quote", {**QUOTE, "price_fen": 1, "valid_until": later}, as_=base.base)
    assert again["price_fen"] == 1
    assert (await catalog.refused(f"{where}/book", as_=base.firm, If_Match='"2"')).startswith("412")
    assert (await catalog.refused(f"{where}/cancel", as_=base.firm)).startswith("422")
    await catalog.took(f"{where}/decline", {"reason": "设备检修"}, as_=base.base)


async def test_a_fault_names_its_field(base: Base) -> None:
    catalog = base.catalog
    line = await base.a_line()
    scenario = str(id_of(await catalog.a_published_demand()))
    asked = {"line_id": str(id_of(line)), "text": "封装", "trl_in": 6, "trl_out": 8}
    for changes, pointer in (
        ({"trl_in": 4}, "#/trl_in"),
        ({"trl_out": 9}, "#/trl_out"),
        ({"trl_out": 6}, "#/trl_out"),
        ({"demand_id": scenario}, "#/demand_id"),
        ({"line_id": scenario}, "#/line_id"),
    ):
        reply = await catalog.post("/v1/pilots", {**asked, **changes}, as_=base.firm)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])
    where = await base.asked(line, base.firm)
    for faults, pointer in (
        ({"price_fen": 0.5}, "#/price_fen"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "#/valid_until"),
        ({"starts_on": "2020-01-01"}, "#/starts_on"),
        ({"ends_on": "2020-01-01"}, "#/ends_on"),
    ):
        reply = await catalog.post(f"{where}/quote", {**QUOTE, **faults}, as_=base.base)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])
    await catalog.took(f"{line}/close", {"reason": "产线搬迁"}, as_=base.base)
    assert (await catalog.refused("/v1/pilots", asked, as_=base.firm)).startswith("409 The pilot line is closed")
