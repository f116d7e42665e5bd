"""Access to data: asked for, granted until a time, ended by the clock and by hand, private to two parties."""

from datetime import timedelta
from typing import Any

import pytest

from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.validated import Parties

SOON = now() + timedelta(days=30)
GRANT = {"access": "在测试场数据室离线读取", "expires_at": SOON.isoformat()}


class Asking(Parties):
    def __init__(self, catalog: CatalogUnderTest) -> None:
        super().__init__(catalog)
        self.where = ""

    async def ask(self, **changes: Any) -> str:
        """Path of a request for data of the host's."""
        bed = await self.open_bed()
        body = {
            "title": "过闸影像",
            "purpose": "自测",
            "data_class": "general",
            "test_bed_id": str(id_of(bed)),
            **changes,
        }
        reply = await self.catalog.post("/v1/data-offers", body, as_=self.firm)
        assert reply.status_code == 201, reply.text
        self.where = reply.headers["location"]
        return self.where

    async def do(self, step: str, body: Any = None, *, by_firm: bool = False) -> tuple[int, Any]:
        reply = await self.catalog.post(f"{self.where}/{step}", body, as_=self.firm if by_firm else self.host)
        return reply.status_code, reply.json()

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.catalog.get(self.where, as_=self.firm)).json()
        return found


@pytest.fixture
async def asking(catalog: CatalogUnderTest) -> Asking:
    return Asking(catalog)


async def test_a_grant_ends_by_itself_unless_it_was_extended(asking: Asking) -> None:
    await asking.ask()
    status, granted = await asking.do("grant", GRANT)
    assert (status, granted["state"]) == (200, "granted")
    assert (await asking.read())["access"] == GRANT["access"]
    later = SOON + timedelta(days=30)
    assert (await asking.do("extend", {"expires_at": later.isoformat()}))[0] == 200
    await asking.catalog.clock_strikes(SOON + timedelta(seconds=1))
    assert (await asking.read())["state"] == "granted"
    await asking.catalog.clock_strikes(later)
    over = await asking.read()
    assert (over["state"], over["access"]) == ("expired", None)
    steps = (await asking.catalog.get(f"{asking.where}/steps", as_=asking.firm)).json()["items"]
    assert [(one["action"], one["party"]) for one in steps] == [
        ("expire", "clock"),
        ("extend", "holder"),
        ("grant", "holder"),
        ("create", "requester"),
    ]
    told = [one.data for one in await asking.catalog.recorded() if one.data.get("noun") == "data offer"]
    assert [(one["action"], len(one["audience"])) for one in told] == [
        *(("create", 1), ("grant", 1), ("extend", 1), ("expire", 1))
    ]


async def test_a_grant_that_is_not_extended_ends_at_its_time(asking: Asking) -> None:
    await asking.ask()
    await asking.do("grant", GRANT)
    assert await asking.catalog.clock_strikes(SOON - timedelta(seconds=1)) == 0
    await asking.catalog.clock_strikes(SOON)
    over = await asking.read()
    assert (over["state"], over["access"]) == ("expired", None)


async def test_nobody_but_the_two_parties_ever_sees_it(asking: Asking) -> None:
    await asking.ask()
    await asking.do("grant", GRANT)
    for path in ("", "/steps", "/versions"):
        assert (await asking.catalog.get(f"{asking.where}{path}", as_=asking.other_firm)).status_code == 404
    assert (await asking.catalog.get(asking.where)).status_code == 401
    lists = [
        (await asking.catalog.get("/v1/data-offers", as_=reader)).json()["items"]
        for reader in (asking.firm, asking.host, asking.other_firm)
    ]
    assert [len(items) for items in lists] == [1, 1, 0]
    assert {one["noun"] for one in (await asking.catalog.get("/v1/feed")).json()["items"]} == {"test bed"}


async def test_access_is_over_when_it_is_revoked_or_given_back(asking: Asking) -> None:
    for step, by_firm in (("revoke", False), ("withdraw", True)):
        await asking.ask()
        await asking.do("grant", GRANT)
        by_the_other = await asking.do(step, {"reason": "样本有误"}, by_firm=not by_firm)
        assert by_the_other[0] == (403 if by_firm else 409)
        status, over = await asking.do(step, {"reason": "样本有误"}, by_firm=by_firm)
        assert (status, over["access"], over["state_reason"]) == (200, None, "样本有误")
    assert await asking.catalog.clock_strikes(SOON + timedelta(days=1)) == 0


async def test_faults_name_their_fields(asking: Asking) -> None:
    demand = await asking.catalog.a_published_demand()
    both = {"title": "影像", "purpose": "自测", "data_class": "general"}
    refused = await asking.catalog.post("/v1/data-offers", both, as_=asking.firm)
    assert refused.status_code == 422
    await asking.ask(test_bed_id=None, demand_id=str(id_of(demand)))
    assert (await asking.read())["holder_name"] == "青岛港（示例）"
    await asking.ask()
    for moment in ("2020-01-01T00:00:00Z", "2190-01-01T00:00:00Z"):
        status, fault = await asking.do("grant", {**GRANT, "expires_at": moment})
        assert (status, fault["errors"][0]["pointer"]) == (422, "#/expires_at")
    own = await asking.catalog.post(
        "/v1/data-offers",
        {**both, "demand_id": str(id_of(demand))},
        as_=asking.catalog.token("91370211MA3QDK2Q8B", "青岛港（示例）", "enterprise"),
    )
    assert own.status_code == 409
