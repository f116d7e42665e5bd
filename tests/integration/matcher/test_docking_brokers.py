"""A broker acts by a recorded mandate, within its scope, until it ends; every act says on whose behalf."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.clock import now
from tests.integration.matcher.docking_parties import BROKER, FIRM_CONTACT, PORT_CONTACT, Docked, events, matched
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House

EVERY_POWER = ("open", "arrange", "agree", "fail", "contacts")


@pytest.fixture
async def docked(house: House) -> Docked:
    return await matched(house)


async def test_a_broker_docks_for_a_firm_and_every_act_says_so(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, *EVERY_POWER)
    opened = await docked.open(BROKER, by=mandate)
    assert (opened["side"], opened["opened_by"]) == ("enterprise", "enterprise")
    [offered] = await docked.offer(PORT, 3)
    assert (await docked.take(BROKER, offered["id"], by=mandate)).status_code == 200
    contact = {"contact": {"name": "示例", "phone": "0532-11110000"}}
    await docked.acts(PORT, "agree", contact)
    assert (await docked.acts(BROKER, "agree", contact, by=mandate))["state"] == "agreed"
    await docked.read(BROKER, "/contacts", by=mandate)
    acts = (await docked.read(PORT, "/acts"))["items"]
    by_broker = [one for one in acts if one["actor"] == BROKER.model_dump()]
    assert [one["action"] for one in by_broker] == ["agree", "take_slot", "open"]
    assert all((one["on_behalf_of"], one["mandate_id"]) == (FIRM.model_dump(), mandate) for one in by_broker)
    [look] = (await docked.read(FIRM, "/contact-reads"))["items"]
    assert (look["reader"]["code"], look["side"], look["mandate_id"]) == (BROKER.code, "enterprise", mandate)
    [opening] = await events(docked.house, "matcher.docking.opened")
    assert opening.data["act"]["on_behalf_of"] == FIRM.model_dump()


async def test_a_broker_is_nobody_without_naming_the_mandate(docked: Docked) -> None:
    await docked.mandate(FIRM, *EVERY_POWER)
    await docked.open(FIRM)
    assert (await docked.send(BROKER, docked.path, method="GET")).status_code == 404


async def test_a_side_cannot_act_for_the_other_by_a_mandate(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, *EVERY_POWER, broker=PORT.model_dump())
    refused = await docked.send(PORT, "/v1/dockings", {"match_id": docked.match["id"]}, by=mandate)
    assert (refused.status_code, "cannot act for the other" in refused.json()["detail"]) == (403, True)
    await docked.open(FIRM)
    await docked.offer(PORT, 3)
    assert (await docked.act(PORT, "agree", {}, by=mandate)).status_code == 403


async def test_a_mandate_covers_what_it_names(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, "arrange")
    refused = await docked.send(BROKER, "/v1/dockings", {"match_id": docked.match["id"]}, by=mandate)
    assert (refused.status_code, "does not include `open`" in refused.json()["detail"]) == (403, True)
    await docked.open(FIRM)
    assert (await docked.read(BROKER, by=mandate))["side"] == "enterprise"
    for action, body in (("agree", {}), ("fail", {"reason": "price"}), ("share-contact", {})):
        assert (await docked.act(BROKER, action, body, by=mandate)).status_code == 403
    assert (await docked.send(BROKER, f"{docked.path}/contacts", method="GET", by=mandate)).status_code == 403
    assert len(await docked.offer(BROKER, 3, by=mandate)) == 1


async def test_a_broker_that_may_agree_but_not_share_contacts_replaces_none(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, "agree")
    await docked.meet()
    await docked.acts(FIRM, "share-contact", {"contact": FIRM_CONTACT})
    other = {"contact": {"name": "示例经纪", "phone": "0532-99990000"}}
    refused = await docked.act(BROKER, "agree", other, by=mandate)
    assert (refused.status_code, "does not include `contacts`" in refused.json()["detail"]) == (403, True)
    await docked.acts(BROKER, "agree", by=mandate)
    await docked.acts(PORT, "agree", {"contact": PORT_CONTACT})
    assert (await docked.read(PORT, "/contacts"))["enterprise"] == FIRM_CONTACT


@pytest.mark.parametrize("limit", ["demand_id", "profile_id"])
async def test_a_mandate_for_one_demand_or_profile_reaches_no_other(docked: Docked, limit: str) -> None:
    wide = await docked.mandate(FIRM, *EVERY_POWER, **{limit: docked.match[limit]})
    other = await docked.mandate(FIRM, *EVERY_POWER, **{limit: str(uuid4())})
    refused = await docked.send(BROKER, "/v1/dockings", {"match_id": docked.match["id"]}, by=other)
    assert (refused.status_code, "is for another" in refused.json()["detail"]) == (403, True)
    await docked.open(BROKER, by=wide)
    assert (await docked.send(BROKER, docked.path, method="GET", by=other)).status_code == 403
    listed = [await docked.ok(BROKER, "/v1/dockings", method="GET", by=each) for each in (wide, other)]
    assert [len(page["items"]) for page in listed] == [1, 0]


@pytest.mark.parametrize("ender", [FIRM, BROKER], ids=["giver", "broker"])
async def test_a_mandate_that_was_revoked_or_given_back_opens_no_door(docked: Docked, ender: object) -> None:
    mandate = await docked.mandate(FIRM, *EVERY_POWER)
    await docked.open(BROKER, by=mandate)
    revoked = await docked.ok(ender, f"/v1/mandates/{mandate}/revoke")  # type: ignore[arg-type]
    assert revoked["state"] == "revoked"
    given, ended = await events(docked.house, "matcher.mandate.")
    assert (given.type, given.data["mandate"]["state"]) == ("matcher.mandate.given", "active")
    assert (ended.type, ended.data["mandate"]["id"]) == ("matcher.mandate.revoked", mandate)
    refused = await docked.act(BROKER, "fail", {"reason": "price"}, by=mandate)
    assert (refused.status_code, "The mandate is revoked" in refused.json()["detail"]) == (403, True)
    assert await docked.ok(FIRM, f"/v1/mandates/{mandate}/revoke") == revoked


async def test_a_mandate_past_its_day_opens_no_door(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, *EVERY_POWER)
    await docked.house.execute(f"UPDATE mandates SET expires_at = now() - interval '1 second' WHERE id = '{mandate}'")
    refused = await docked.send(BROKER, "/v1/dockings", {"match_id": docked.match["id"]}, by=mandate)
    assert (refused.status_code, "The mandate is expired" in refused.json()["detail"]) == (403, True)
    ended = await docked.send(FIRM, f"/v1/mandates/{mandate}/revoke")
    assert (ended.status_code, "The mandate is expired" in ended.json()["detail"]) == (409, True)


async def test_a_mandate_is_read_by_its_two_parties_and_used_by_its_broker_alone(docked: Docked) -> None:
    mandate = await docked.mandate(FIRM, *EVERY_POWER)
    for who in (FIRM, BROKER):
        assert (await docked.ok(who, "/v1/mandates", method="GET"))["items"][0]["id"] == mandate
        assert (await docked.ok(who, f"/v1/mandates/{mandate}", method="GET"))["powers"] == list(EVERY_POWER)
    for path in (f"/v1/mandates/{mandate}", f"/v1/mandates/{mandate}/revoke"):
        method = "POST" if path.endswith("revoke") else "GET"
        assert (await docked.send(OTHER_FIRM, path, method=method)).status_code == 404
    for who in (OTHER_FIRM, PORT):
        used = await docked.send(who, "/v1/dockings", {"match_id": docked.match["id"]}, by=mandate)
        assert used.status_code == 404


async def test_a_mandate_to_oneself_or_for_the_past_is_refused(docked: Docked) -> None:
    body = {"broker_name": "x", "powers": ["open"], "expires_at": (now() + timedelta(days=1)).isoformat()}
    own = await docked.send(FIRM, "/v1/mandates", {**body, "broker": FIRM.model_dump()})
    past = {**body, "broker": BROKER.model_dump(), "expires_at": (now() - timedelta(days=1)).isoformat()}
    late = await docked.send(FIRM, "/v1/mandates", past)
    assert [reply.json()["errors"][0]["pointer"] for reply in (own, late)] == ["#/broker", "#/expires_at"]
