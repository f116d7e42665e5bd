"""The clock of a docking reminds before a step is due and on its day, ends what nobody answers, and counts again when
the holidays of a year are published; it knows all of it after a restart."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from common import deadlines
from common.clock import now
from common.fields import OrganisationKey
from matcher.calendar import working_days
from matcher.dockings import clock
from tests.integration.matcher.docking_parties import PORT_CONTACT, Docked, both_matched, events, matched
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House

LONG = timedelta(days=60)


@pytest.fixture
async def docked(house: House) -> Docked:
    docked = await matched(house)
    await docked.open(FIRM)
    return docked


async def ring(house: House, at: datetime) -> bool:
    """Whether anything was due, as the worker finds out."""
    async with house.database.begin() as session:
        await clock.replan(session, at)
    return bool(await deadlines.run_due(house.database, clock.DUE, at))


async def morning_of_due_day(docked: Docked, who: OrganisationKey = FIRM) -> datetime:
    due = datetime.fromisoformat((await docked.read(who))["next"]["due_at"])
    return due - timedelta(hours=14)


async def test_nothing_rings_before_its_time(docked: Docked) -> None:
    assert not await ring(docked.house, now())


async def test_it_reminds_before_the_day_and_on_the_day(docked: Docked) -> None:
    day = await morning_of_due_day(docked)
    assert await ring(docked.house, day - timedelta(days=1))
    assert not await ring(docked.house, day - timedelta(hours=2))
    assert await ring(docked.house, day)
    acts = (await docked.read(FIRM, "/acts"))["items"]
    assert [(one["action"], one["actor"]) for one in acts[:2]] == [("remind_due", None), ("remind_soon", None)]
    told = await events(docked.house, "matcher.docking.reminded")
    assert [event.data["act"]["action"] for event in told] == ["remind_soon", "remind_due"]
    assert told[0].data["docking"]["next"]["code"] == "offer_slots"


async def test_what_was_slept_through_is_not_made_up_for(docked: Docked) -> None:
    assert await ring(docked.house, await morning_of_due_day(docked))
    acts = (await docked.read(FIRM, "/acts"))["items"]
    assert [one["action"] for one in acts] == ["remind_due", "open"]


async def test_what_nobody_answers_ends_with_that_reason(docked: Docked) -> None:
    assert await ring(docked.house, now() + LONG)
    shown = await docked.read()
    assert (shown["state"], shown["failure_reason"], shown["next"]) == ("failed", "no_answer", None)
    [told] = await events(docked.house, "matcher.docking.failed")
    assert (told.data["act"]["action"], told.data["act"]["actor"]) == ("lapse", None)
    assert not await ring(docked.house, now() + 2 * LONG)


async def test_two_clocks_ring_once(docked: Docked) -> None:
    day = await morning_of_due_day(docked)
    assert sorted(await asyncio.gather(*(ring(docked.house, day) for _ in range(4)))) == [False, False, False, True]


async def test_a_side_that_acts_sets_the_clock_anew(docked: Docked) -> None:
    day = await morning_of_due_day(docked)
    await docked.offer(FIRM, 20)
    assert (await docked.read())["next"]["code"] == "take_slot"
    assert await ring(docked.house, day - timedelta(days=1))
    assert (await docked.read(FIRM, "/acts"))["items"][0]["action"] == "remind_soon"


async def test_a_due_day_past_the_known_holidays_is_provisional_and_counted_again_when_they_are_known(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = working_days.published()
    short = replace(known, years=frozenset({known.last_year - 2}))
    monkeypatch.setattr(working_days, "published", lambda: short)
    docked = await matched(house)
    before = (await docked.open(FIRM))["next"]
    assert before["is_provisional"]
    day = date.fromisoformat(before["due_on"])
    later = replace(known, years=known.years | {now().year + 1}, names={**known.names, day: "节日"})
    monkeypatch.setattr(working_days, "published", lambda: later)
    async with house.database.begin() as session:
        assert await clock.recount(session, now())
    after = (await docked.read())["next"]
    assert not after["is_provisional"]
    assert after["due_on"] > before["due_on"]
    async with house.database.begin() as session:
        assert not await clock.recount(session, now())
    [told] = await events(house, "matcher.docking.reminded")
    assert told.data["act"]["action"] == "recount"


async def test_who_agrees_before_the_meeting_is_answered_after_it(house: House) -> None:
    docked = await matched(house)
    await docked.open(FIRM)
    [offered] = await docked.offer(PORT, 30)
    await docked.take(FIRM, offered["id"])
    agreed = await docked.acts(PORT, "agree", {"contact": PORT_CONTACT})
    assert agreed["next"]["code"] == "confirm"
    assert agreed["next"]["due_at"] > agreed["meeting"]["ends_at"]


async def test_what_lapses_before_its_meeting_calls_the_meeting_off(house: House) -> None:
    docked = await matched(house)
    await docked.meet()
    past = f"due_on = current_date - 60, alarm = 'lapse', alarm_at = now() WHERE id = '{docked.docking['id']}'"
    await house.execute(f"UPDATE dockings SET {past}")
    assert await ring(house, now())
    shown = await docked.read()
    assert (shown["state"], shown["failure_reason"], shown["meeting"]["is_cancelled"]) == ("failed", "no_answer", True)


async def test_times_that_have_passed_are_asked_for_again(docked: Docked) -> None:
    await docked.offer(PORT, 1)
    assert await ring(docked.house, now() + timedelta(days=1, hours=1))
    shown = await docked.read()
    assert (shown["next"]["code"], shown["next"]["side"]) == ("offer_slots", "owner")
    assert (await docked.read(FIRM, "/acts"))["items"][0]["action"] == "slots_past"
    told = await events(docked.house, "matcher.docking.slots_offered")
    assert told[-1].data["docking"]["next"]["code"] == "offer_slots"
    assert not await ring(docked.house, now() + timedelta(days=1, hours=1))


async def test_times_of_which_some_are_to_come_are_not_asked_for_again(docked: Docked) -> None:
    await docked.offer(PORT, 1, 30)
    assert not await ring(docked.house, now() + timedelta(days=1, hours=1))


async def test_a_docking_that_cannot_be_told_the_time_holds_no_other_up(house: House) -> None:
    first, second = await both_matched(house)
    await first.open(FIRM)
    await second.open(OTHER_FIRM)
    broken = f"step = NULL, alarm_at = alarm_at - interval '1 day' WHERE id = '{first.docking['id']}'"
    await house.execute(f"UPDATE dockings SET {broken}")
    day = await morning_of_due_day(second, OTHER_FIRM)
    assert [await ring(house, day) for _ in range(2)] == [True, False]
    assert (await second.read(OTHER_FIRM, "/acts"))["items"][0]["action"] == "remind_due"


async def test_a_docking_lapses_by_the_holidays_known_on_that_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    docked = await matched(house)
    await docked.open(FIRM)
    lapse = await alarm_of(docked, "lapse")
    known = working_days.published()
    free = {**known.names, (lapse - timedelta(hours=1)).date(): "节日"}
    monkeypatch.setattr(working_days, "published", lambda: replace(known, names=free))
    await ring(house, lapse)
    assert (await docked.read())["state"] == "opened"
    await ring(house, lapse + timedelta(days=7))
    assert (await docked.read())["failure_reason"] == "no_answer"


async def alarm_of(docked: Docked, kind: str) -> datetime:
    """When it rings for the last time, every alarm before having rung."""
    while await docked.house.one("SELECT alarm FROM dockings") != kind:
        assert await ring(docked.house, await docked.house.one("SELECT alarm_at FROM dockings"))
    found: datetime = await docked.house.one("SELECT alarm_at FROM dockings")
    return found
