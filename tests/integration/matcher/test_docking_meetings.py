"""Times to meet: offered by one side, taken once by the other, kept in a calendar file."""

import asyncio

import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.integration.matcher.docking_parties import Docked, both_matched, events, matched, slot
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House


@pytest.fixture
async def docked(house: House) -> Docked:
    return await matched(house)


async def calendar(docked: Docked) -> bytes:
    meeting = docked.docking["meeting"]["id"]
    reply = await docked.send(FIRM, f"{docked.path}/meetings/{meeting}.ics", method="GET")
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    return reply.content


async def test_two_firms_that_take_the_last_time_at_once_one_has_it(house: House) -> None:
    first, second = await both_matched(house)
    await first.open(FIRM)
    await second.open(OTHER_FIRM)
    both = [first.docking["id"], second.docking["id"]]
    [last] = await first.offer(PORT, 3, docking_ids=both)
    replies = await asyncio.gather(first.take(FIRM, last["id"]), second.take(OTHER_FIRM, last["id"]))
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    [refused] = [reply.json() for reply in replies if reply.status_code == 409]
    assert "This time is taken" in refused["detail"]
    states = [(await each.read(PORT))["state"] for each in (first, second)]
    assert sorted(states) == ["meeting", "opened"]
    [loser] = [each for each in (first, second) if (await each.read(PORT))["state"] == "opened"]
    shown = await loser.read(PORT)
    assert (shown["next"]["code"], shown["next"]["side"]) == ("offer_slots", "owner")
    gone = (await loser.read(PORT, "/acts"))["items"][0]
    assert (gone["action"], gone["actor"]) == ("slot_gone", None)


async def test_the_database_itself_holds_one_meeting_for_a_time_and_a_docking(house: House) -> None:
    first, second = await both_matched(house)
    await first.open(FIRM)
    await second.open(OTHER_FIRM)
    [time] = await first.offer(PORT, 3, docking_ids=[first.docking["id"], second.docking["id"]])
    assert (await first.take(FIRM, time["id"])).status_code == 200
    other = f"'{second.docking['id']}'"
    columns = "gen_random_uuid(), {docking}, slot_id, state, 0, now(), now()"
    copy = f"INSERT INTO meetings SELECT {columns} FROM meetings LIMIT 1"
    for docking in (other, "docking_id"):
        with pytest.raises(IntegrityError, match="uq_meetings_"):
            await house.execute(copy.format(docking=docking))


async def test_two_people_of_one_firm_who_take_two_times_at_once_move_one_meeting(docked: Docked) -> None:
    await docked.open(FIRM)
    early, late = await docked.offer(PORT, 3, 4)
    await asyncio.gather(docked.take(FIRM, early["id"]), docked.take(FIRM, late["id"]))
    shown = await docked.read()
    assert shown["meeting"]["sequence"] == 1
    free = (await docked.read(FIRM, "/slots"))["slots"]
    assert {each["starts_at"] for each in free} == {early["starts_at"], late["starts_at"]} - {
        shown["meeting"]["starts_at"]
    }


async def test_a_side_does_not_take_its_own_time_and_a_firm_not_offered_it_finds_none(house: House) -> None:
    first, second = await both_matched(house)
    await first.open(FIRM)
    await second.open(OTHER_FIRM)
    [offered] = await first.offer(PORT, 3)
    own = await first.take(PORT, offered["id"])
    assert (own.status_code, "other side takes it" in own.json()["detail"]) == (409, True)
    assert (await second.take(OTHER_FIRM, offered["id"])).status_code == 404


async def test_a_time_withdrawn_is_gone_and_one_taken_is_not_withdrawn(docked: Docked) -> None:
    await docked.open(FIRM)
    early, late = await docked.offer(PORT, 3, 4)
    assert (await docked.act(FIRM, f"slots/{early['id']}/withdraw")).status_code == 403
    await docked.acts(PORT, f"slots/{early['id']}/withdraw")
    gone = await docked.take(FIRM, early["id"])
    assert (gone.status_code, "withdrawn" in gone.json()["detail"]) == (409, True)
    assert (await docked.take(FIRM, late["id"])).status_code == 200
    assert (await docked.act(PORT, f"slots/{late['id']}/withdraw")).status_code == 409


async def test_a_meeting_keeps_its_uid_when_it_moves_and_is_cancelled_in_the_file(docked: Docked) -> None:
    await docked.meet()
    first = Calendar.from_ical(await calendar(docked)).walk("VEVENT")[0]
    [later] = await docked.offer(PORT, 5)
    docked.docking = (await docked.take(FIRM, later["id"])).json()
    moved = Calendar.from_ical(await calendar(docked)).walk("VEVENT")[0]
    assert (moved["uid"], int(first["sequence"]), int(moved["sequence"])) == (first["uid"], 0, 1)  # type: ignore[arg-type]
    shown = await docked.acts(FIRM, "cancel-meeting", {"text": "展会冲突"})
    assert (shown["state"], shown["meeting"]["is_cancelled"]) == ("opened", True)
    off = Calendar.from_ical(await calendar(docked))
    event = off.walk("VEVENT")[0]
    assert (off["method"], event["status"], event["uid"], int(event["sequence"])) == (  # type: ignore[arg-type]
        "CANCEL",
        "CANCELLED",
        first["uid"],
        2,
    )
    told = [event.type.rsplit(".", 1)[1] for event in await events(docked.house, "matcher.docking.meeting")]
    assert told == ["meeting_arranged", "meeting_arranged", "meeting_cancelled"]


async def test_a_docking_that_fails_before_its_meeting_calls_the_meeting_off(docked: Docked) -> None:
    await docked.meet()
    docked.docking = await docked.acts(PORT, "fail", {"reason": "price"})
    assert docked.docking["meeting"]["is_cancelled"]
    assert b"METHOD:CANCEL" in await calendar(docked)


async def test_a_time_withdrawn_again_changes_nothing(docked: Docked) -> None:
    await docked.open(FIRM)
    early, _ = await docked.offer(PORT, 3, 4)
    once = await docked.acts(PORT, f"slots/{early['id']}/withdraw")
    await docked.house.execute("UPDATE dockings SET due_on = due_on - 1")
    again = await docked.acts(PORT, f"slots/{early['id']}/withdraw")
    assert again["version"] == once["version"]
    assert again["next"]["due_on"] < once["next"]["due_on"]


async def test_to_take_back_one_time_of_two_gives_the_other_side_no_more_days(docked: Docked) -> None:
    await docked.open(FIRM)
    early, _ = await docked.offer(PORT, 3, 4)
    await docked.house.execute("UPDATE dockings SET due_on = due_on - 1")
    before = (await docked.read())["next"]
    assert (await docked.acts(PORT, f"slots/{early['id']}/withdraw"))["next"] == before


async def test_times_offered_after_a_meeting_give_no_more_days_to_agree(docked: Docked) -> None:
    await docked.meet()
    await docked.house.execute("UPDATE dockings SET due_on = due_on - 1")
    before = (await docked.read())["next"]
    [offered] = await docked.offer(PORT, 6)
    assert (await docked.read())["next"] == before
    assert (await docked.acts(PORT, f"slots/{offered['id']}/withdraw"))["next"] == before


@pytest.mark.parametrize("freeing", ["cancel-meeting", "fail", "take"])
async def test_a_time_that_is_free_again_is_told_where_it_is_offered(house: House, freeing: str) -> None:
    first, second = await both_matched(house)
    await first.open(FIRM)
    await second.open(OTHER_FIRM)
    [shared] = await first.offer(PORT, 3, docking_ids=[first.docking["id"], second.docking["id"]])
    [own] = await first.offer(PORT, 4)
    assert (await first.take(FIRM, shared["id"])).status_code == 200
    assert (await second.read(PORT))["next"]["code"] == "offer_slots"
    path = f"slots/{own['id']}/take" if freeing == "take" else freeing
    await first.acts(FIRM, path, {"reason": "price"} if freeing == "fail" else {})
    shown = await second.read(PORT)
    assert (shown["next"]["code"], shown["next"]["side"]) == ("take_slot", "enterprise")
    assert (await second.read(PORT, "/acts"))["items"][0]["action"] == "slot_free"
    assert (await second.take(OTHER_FIRM, shared["id"])).status_code == 200


@pytest.mark.parametrize("door", ["offer", "take", "withdraw"])
async def test_a_stranger_waits_for_no_docking_of_others(docked: Docked, door: str) -> None:
    await docked.open(FIRM)
    [offered] = await docked.offer(PORT, 3)
    path, body = f"{docked.path}/slots/{offered['id']}/{door}", {}
    if door == "offer":
        path, body = "/v1/slots", {"docking_ids": [docked.docking["id"]], "slots": [slot(3)]}
    async with docked.house.database.begin() as session:
        await session.execute(text("SELECT 1 FROM dockings FOR UPDATE"))
        refused = await asyncio.wait_for(docked.send(OTHER_FIRM, path, body), 10)
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("slots", "pointer"),
    [
        ([slot(-1)], "#/slots/0/starts_at"),
        ([slot(3, hours=0)], "#/slots/0/ends_at"),
        ([slot(3, hours=13)], "#/slots/0/ends_at"),
        ([slot(4), slot(3, hours=2), slot(3)], "#/slots/2/starts_at"),
    ],
)
async def test_times_that_make_no_sense_are_refused(docked: Docked, slots: list[object], pointer: str) -> None:
    await docked.open(FIRM)
    body = {"docking_ids": [docked.docking["id"]], "slots": slots}
    refused = await docked.send(PORT, "/v1/slots", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
