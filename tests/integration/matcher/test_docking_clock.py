"""The clock of a docking reminds before a step is due and on its day, ends what nobody answers, and counts again when
the holidays of a year are published; it knows all of it after a restart."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from common.clock import now
from matcher.calendar import working_days
from matcher.dockings import clock
from tests.integration.matcher.docking_parties import Docked, events, matched
from tests.integration.matcher.service_under_test import FIRM, House

LONG = timedelta(days=60)


@pytest.fixture
async def docked(house: House) -> Docked:
    docked = await matched(house)
    await docked.open(FIRM)
    return docked


async def ring(house: House, at: datetime) -> bool:
    async with house.database.begin() as session:
        return await clock.ring(session, at)


async def morning_of_due_day(docked: Docked) -> datetime:
    due = datetime.fromisoformat((await docked.read())["next"]["due_at"])
    return due - timedelta(hours=14)


async def test_nothing_rings_before_its_time(docked: Docked) -> None:
    assert not await ring(docked.house, now())


async def test_it_reminds_before_the_day_and_on_the_day(docked: Docked) -> None:
    day = await morning_of_due_day(docked)
    assert await ring(docked.house, day - timedelta(days=1))
    assert not await ring(docked.house, day - timedelta(days=1))
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
    async with docked.house.database.begin() as session:
        rung = await clock.ring(session, day - timedelta(days=1))
    assert rung
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
