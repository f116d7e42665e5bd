"""Transfers on a docking: confirmed by every party, valued by none of them, signed by all, registered and delivered."""

from typing import Any

import pytest

from common.clock import new_id
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest

SELLER, BROKER, VALUER = "91370200MA3F00001E", "91370200264574251E", "91370200163562681G"
VALUATION = {"amount_fen": 420, "method": "income", "valuer": {"scheme": "uscc", "code": VALUER}, "valuer_name": "评估"}
TERMS = {
    "price_fen": 400,
    "broker_fee_fen": 21,
    "instalments": [{"due_on": "2099-03-31", "amount_fen": 150}, {"due_on": "2099-09-30", "amount_fen": 250}],
}


class Deal:
    """A seller, a buyer (the port) and a broker."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.seller = catalog.token(SELLER, "甲研究院（示例）", "enterprise")
        self.broker = catalog.token(BROKER, "乙经纪（示例）", "enterprise")
        self.docking = str(new_id())

    def body(self, **changes: Any) -> dict[str, Any]:
        keys = {name: {"scheme": "uscc", "code": code} for name, code in (("seller", SELLER), ("buyer", PORT))}
        return {"docking_id": self.docking, "type": "licence", "title": "异音检测专利许可", **keys, **changes}

    async def proposed(self, *, is_brokered: bool = True) -> str:
        for each in (self.catalog.port, self.broker):
            await self.catalog.a_draft(as_=each, kind="pilot")  # an organisation is on record once it acts
        broker = {"broker": {"scheme": "uscc", "code": BROKER}, "mandate_id": str(new_id())}
        return await self.catalog.made("/v1/transfers", self.body(**broker if is_brokered else {}), as_=self.seller)

    async def valued(self, *, is_brokered: bool = True) -> str:
        where = await self.proposed(is_brokered=is_brokered)
        await self.catalog.took(f"{where}/confirm")
        if is_brokered:
            await self.catalog.took(f"{where}/confirm", as_=self.broker)
        await self.catalog.took(f"{where}/value", VALUATION, as_=self.seller)
        return where

    async def signed(self, where: str, as_: dict[str, str]) -> dict[str, Any]:
        tag = (await self.catalog.get(where, as_=as_)).headers["etag"]
        return await self.catalog.took(f"{where}/sign", as_=as_, If_Match=tag)


@pytest.fixture
def deal(catalog: CatalogUnderTest) -> Deal:
    return Deal(catalog)


async def test_a_transfer_goes_from_the_docking_to_its_delivery(deal: Deal) -> None:
    catalog = deal.catalog
    where = await deal.proposed()
    assert (await catalog.refused(f"{where}/value", VALUATION)).startswith("409 The transfer is proposed")
    assert (await catalog.refused(f"{where}/confirm", as_=deal.seller)).startswith("409 You have done that already")
    assert (await catalog.took(f"{where}/confirm"))["state"] == "proposed"
    assert (await catalog.took(f"{where}/confirm", as_=deal.broker))["state"] == "docked"
    await catalog.took(f"{where}/value", VALUATION, as_=deal.broker)
    offered = await catalog.took(f"{where}/offer", TERMS, as_=deal.broker)
    assert [(one["seller_fen"], one["broker_fen"]) for one in offered["instalments"]] == [(143, 7), (236, 14)]
    assert [(await deal.signed(where, each))["state"] for each in (deal.seller, catalog.port, deal.broker)] == [
        *("valued", "valued", "contracted")
    ]
    registration = {"registration_number": "2026370200000001", "registered_on": "2026-04-01"}
    assert (await catalog.took(f"{where}/register", registration, as_=deal.seller))["state"] == "registered"
    assert (await catalog.refused(f"{where}/deliver", as_=deal.seller)).startswith("409")
    assert (await catalog.took(f"{where}/deliver"))["state"] == "delivered"

    steps = (await catalog.get(f"{where}/steps", as_=deal.broker)).json()["items"]
    assert [one["action"] for one in reversed(steps)] == [
        *("create", "confirm", "dock", "value", "offer", "sign", "sign", "contract", "register", "deliver")
    ]
    events = [one.data for one in await catalog.recorded() if one.data.get("noun") == "transfer"]
    assert len(events) == len(steps)
    assert {one["code"] for one in events[0]["audience"]} == {SELLER, PORT, BROKER}
    counted = (await catalog.get("/v1/transfers/counts")).json()["items"]
    assert counted == [{"state": "delivered", "type": "licence", "count": 1}]
    assert (await catalog.get("/v1/feed")).json()["items"] == []


async def test_a_transfer_is_for_its_parties_alone(deal: Deal) -> None:
    catalog = deal.catalog
    where = await deal.proposed()
    assert (await catalog.get(where)).status_code == 401
    assert (await catalog.get(where, as_=catalog.rival)).status_code == 404
    for each, count in ((deal.seller, 1), (catalog.port, 1), (deal.broker, 1), (catalog.rival, 0)):
        found = (await catalog.get("/v1/transfers", as_=each, docking_id=deal.docking)).json()["items"]
        assert len(found) == count


async def test_other_terms_void_the_signatures_and_only_terms_that_were_read_are_signed(deal: Deal) -> None:
    catalog = deal.catalog
    where = await deal.valued(is_brokered=False)
    assert (await catalog.refused(f"{where}/sign", If_Match='"3"')).startswith("409 There are no terms yet")
    terms = {**TERMS, "broker_fee_fen": 0}
    await catalog.took(f"{where}/offer", terms)
    assert (await deal.signed(where, deal.seller))["signed_by"] == ["seller"]
    tag = (await catalog.get(where, as_=catalog.port)).headers["etag"]
    other = {**terms, "instalments": [{"due_on": "2099-03-31", "amount_fen": 400}]}
    assert (await catalog.took(f"{where}/offer", other, as_=deal.seller))["signed_by"] == []
    assert (await catalog.refused(f"{where}/sign", If_Match=tag)).startswith("412")
    await deal.signed(where, catalog.port)
    assert (await deal.signed(where, deal.seller))["state"] == "contracted"
    assert (await catalog.refused(f"{where}/offer", other)).startswith("409")


async def test_a_fault_names_its_field(deal: Deal) -> None:
    catalog = deal.catalog
    where = await deal.valued()
    stranger = {"scheme": "uscc", "code": "91370282MA3M000001"}
    for changes, pointer in (
        ({"broker": {"scheme": "uscc", "code": BROKER}}, "#/mandate_id"),
        ({"buyer": {"scheme": "uscc", "code": SELLER}}, "#/buyer"),
        ({"buyer": stranger}, "#/buyer"),
    ):
        reply = await catalog.post("/v1/transfers", deal.body(**changes), as_=deal.seller)
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])
    assert (await catalog.post("/v1/transfers", deal.body(), as_=catalog.rival)).status_code == 403
    own = {**VALUATION, "valuer": {"scheme": "uscc", "code": PORT}}
    assert (await catalog.post(f"{where}/value", own)).json()["errors"][0]["pointer"] == "#/valuer"
    for faults, pointer in (
        ({"broker_fee_fen": 401}, "#/broker_fee_fen"),
        ({"price_fen": 399}, "#/instalments"),
        ({"price_fen": 400.0}, "#/price_fen"),
        ({"price_fen": "400"}, "#/price_fen"),
    ):
        reply = await catalog.post(f"{where}/offer", {**TERMS, **faults})
        assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, [pointer])
    unbrokered = await deal.valued(is_brokered=False)
    reply = await catalog.post(f"{unbrokered}/offer", TERMS)
    assert [one["pointer"] for one in reply.json()["errors"]] == ["#/broker_fee_fen"]
    assert (await catalog.took(f"{where}/cancel", {"reason": "未谈成"}, as_=deal.broker))["state"] == "cancelled"
