"""A docking: opened by a side, met, agreed by both or ended with a reason; each step an act, an event and a clock."""

import asyncio

import pytest

from tests.integration.matcher.docking_parties import Docked, events, matched, outbox_text
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House


@pytest.fixture
async def docked(house: House) -> Docked:
    return await matched(house)


CONTACT = {"contact": {"name": "示例工程师", "phone": "0532-11110000"}}


async def test_a_docking_goes_from_match_to_agreement(docked: Docked) -> None:
    opened = await docked.open(FIRM)
    assert (opened["state"], opened["opened_by"], opened["side"]) == ("opened", "enterprise", "enterprise")
    assert (opened["next"]["code"], opened["next"]["side"]) == ("offer_slots", "owner")
    [offered] = await docked.offer(PORT, 3)
    assert (await docked.read())["next"]["code"] == "take_slot"
    met = (await docked.take(FIRM, offered["id"])).json()
    assert (met["state"], met["next"]["code"], met["next"]["side"]) == ("meeting", "agree", None)
    half = await docked.acts(PORT, "agree", CONTACT)
    assert (half["state"], half["next"]["code"], half["next"]["side"]) == ("agreeing", "confirm", "enterprise")
    whole = await docked.acts(FIRM, "agree", CONTACT)
    assert (whole["state"], whole["next"], whole["allowed"]) == ("agreed", None, [])
    told = [event.type.removeprefix("matcher.docking.") for event in await events(docked.house, "matcher.docking.")]
    assert told == ["opened", "slots_offered", "meeting_arranged", "agreement_proposed", "agreed"]


async def test_every_act_is_on_record_with_who_when_from_and_to(docked: Docked) -> None:
    await docked.meet()
    await docked.acts(PORT, "fail", {"reason": "price"})
    acts = (await docked.read(FIRM, "/acts"))["items"]
    assert [(one["action"], one["before"], one["after"], one["side"]) for one in reversed(acts)] == [
        ("open", None, "opened", "enterprise"),
        ("offer_slots", "opened", "opened", "owner"),
        ("take_slot", "opened", "meeting", "enterprise"),
        ("fail", "meeting", "failed", "owner"),
    ]
    assert (acts[0]["reason"], acts[0]["actor"], acts[0]["on_behalf_of"]) == ("price", PORT.model_dump(), None)
    assert await docked.read(PORT, "/acts") == await docked.read(FIRM, "/acts")


async def test_of_two_who_open_at_once_one_does_and_the_other_is_told_which_there_is(docked: Docked) -> None:
    body = {"match_id": docked.match["id"]}
    replies = await asyncio.gather(*(docked.send(who, "/v1/dockings", body) for who in (FIRM, PORT, FIRM, PORT)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    [won] = [reply.json() for reply in replies if reply.status_code == 201]
    for reply in replies:
        if reply.status_code == 409:
            assert f"is opened: /v1/dockings/{won['id']}" in reply.json()["detail"]
    assert len(await events(docked.house, "matcher.docking.opened")) == 1


async def test_of_two_who_end_it_at_once_one_does_and_the_other_hears_the_state(docked: Docked) -> None:
    await docked.open()
    replies = await asyncio.gather(
        docked.act(FIRM, "fail", {"reason": "price"}), docked.act(PORT, "fail", {"reason": "timing"})
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    [refused] = [reply.json() for reply in replies if reply.status_code == 409]
    assert refused["type"] == "/problems/not_allowed_now"
    assert "The docking is failed" in refused["detail"]
    assert len(await events(docked.house, "matcher.docking.failed")) == 1


async def test_who_agreed_first_waits_for_the_other(docked: Docked) -> None:
    await docked.meet()
    await docked.acts(PORT, "agree", CONTACT)
    again = await docked.act(PORT, "agree", CONTACT)
    assert again.status_code == 409
    assert "only by the side whose answer is awaited" in again.json()["detail"]


async def test_two_sides_that_agree_at_once_have_agreed(docked: Docked) -> None:
    await docked.meet()
    replies = await asyncio.gather(docked.act(PORT, "agree", CONTACT), docked.act(FIRM, "agree", CONTACT))
    assert [reply.status_code for reply in replies] == [200, 200]
    assert (await docked.read())["state"] == "agreed"


async def test_a_failure_needs_a_reason_of_the_table(docked: Docked) -> None:
    await docked.open()
    for body, pointer in (
        ({"reason": "bored"}, "#/reason"),
        ({"reason": "no_answer"}, "#/reason"),
        ({"reason": "other"}, "#/text"),
    ):
        refused = await docked.act(FIRM, "fail", body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    codes = [row["code"] for row in (await docked.ok(FIRM, "/v1/dockings/failure-reasons", method="GET"))["reasons"]]
    assert {"price", "other"} < set(codes)
    assert "no_answer" not in codes
    ended = await docked.acts(FIRM, "fail", {"reason": "other", "text": "项目暂停。"})
    assert (ended["failure_reason"], ended["failure_text"], ended["next"]) == ("other", "项目暂停。", None)


async def test_after_a_failure_a_new_docking_can_be_opened(docked: Docked) -> None:
    first = await docked.open()
    await docked.acts(FIRM, "fail", {"reason": "timing"})
    assert (await docked.open(PORT))["id"] != first["id"]


async def test_strangers_find_no_docking(docked: Docked) -> None:
    await docked.meet()
    for part in (
        "",
        "/slots",
        "/acts",
        "/contacts",
        "/contact-reads",
        f"/meetings/{docked.docking['meeting']['id']}.ics",
    ):
        assert (await docked.send(OTHER_FIRM, docked.path + part, method="GET")).status_code == 404
    for action in ("agree", "fail", "share-contact", "cancel-meeting"):
        body = {"reason": "price"} if action == "fail" else {}
        assert (await docked.act(OTHER_FIRM, action, body)).status_code == 404
    assert (await docked.ok(OTHER_FIRM, "/v1/dockings", method="GET"))["items"] == []
    refused = await docked.send(OTHER_FIRM, "/v1/dockings", {"match_id": docked.match["id"]})
    assert refused.status_code == 404


async def test_a_dismissed_match_is_not_opened_on(docked: Docked) -> None:
    match = f"/v1/matches/{docked.match['id']}"
    await docked.ok(PORT, f"{match}/dismiss", {"code": "no_capacity"})
    refused = await docked.send(FIRM, "/v1/dockings", {"match_id": docked.match["id"]})
    assert (refused.status_code, "dismissed" in refused.json()["detail"]) == (409, True)
    await docked.ok(PORT, f"{match}/express-interest")
    assert (await docked.open(FIRM))["state"] == "opened"


async def test_a_lapsed_match_is_not_opened_on(docked: Docked) -> None:
    await docked.ok(FIRM, f"/v1/profiles/{docked.match['profile_id']}/withdraw")
    refused = await docked.send(PORT, "/v1/dockings", {"match_id": docked.match["id"]})
    assert (refused.status_code, "lapsed" in refused.json()["detail"]) == (409, True)


async def test_the_figures_say_how_many_and_how_long_and_name_nobody(docked: Docked) -> None:
    await docked.meet()
    await docked.acts(PORT, "fail", {"reason": "price"})
    figures = await docked.ok(FIRM, "/v1/dockings/figures", method="GET")
    assert (figures["states"], figures["failure_reasons"]) == ({"failed": 1}, {"price": 1})
    assert figures["match_to_docking"]["count"] == figures["docking_to_meeting"]["count"] == 1
    assert 0 <= figures["docking_to_meeting"]["median_days"] < 1
    assert figures["docking_to_agreement"] == {"count": 0, "median_days": None, "p90_days": None}
    assert PORT.code not in str(figures)


async def test_a_message_is_read_by_both_sides_and_is_in_no_event(docked: Docked) -> None:
    body = {"match_id": docked.match["id"], "message": "愿在贵港试用三个月"}
    docked.docking = await docked.ok(FIRM, "/v1/dockings", body)
    assert (await docked.read(PORT))["message"] == "愿在贵港试用三个月"
    assert "试用三个月" not in await outbox_text(docked.house)
