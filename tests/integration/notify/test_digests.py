"""A digest gathers what came since the last one; in quiet hours and beyond the cap news waits, and none is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from common import deadlines
from common.contracts.matcher import MatchSnapshot
from common.contracts.notify import DigestNotified, MatchNotified, Notified
from common.database import Database
from deploy.embedded.tokens import TokenIssuer
from notify.app import DUE
from notify.backlog import repository as backlog
from notify.deliveries import service
from notify.digests import service as digests
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.news import by, demanded, interested, opened
from tests.integration.notify.service_under_test import settings_for
from tests.integration.notify.timed import Steps, china

DAILY: dict[str, Any] = {"pace": "daily", "hour": 8}
NIGHT: dict[str, Any] = {"quiet": {"begins": "22:00", "ends": "07:00"}}
MORNING, EIGHT, LATER = china("2026-03-02T06:00"), china("2026-03-02T08:00"), china("2026-03-02T09:00")


@pytest.fixture
async def notify(database_of: Callable[[str], str], issuer: TokenIssuer) -> AsyncIterator[Steps]:
    settings = settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    database = Database(settings)
    yield Steps(database, settings)
    await database.close()


def ended(match: MatchSnapshot) -> MatchSnapshot:
    return match.model_copy(update={"version": match.version + 1, "is_current": False})


def told(digest: Notified) -> list[str]:
    """What a digest is about, piece by piece."""
    assert isinstance(digest, DigestNotified), digest
    return [item.about for item in digest.items]


def ids(*matches: MatchSnapshot) -> list[str]:
    return [str(match.id) for match in matches]


async def test_a_digest_is_one_event_with_all_that_came_since_the_last(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    first, second, third = a_match(fit=70), a_match(fit=90), a_match()
    await notify.tell(MORNING, first, second)
    assert await notify.announce(MORNING) == []
    assert await notify.strike(china("2026-03-02T07:59")) == []
    [digest] = await notify.strike(EIGHT)
    assert told(digest) == ids(first, second)
    assert (digest.type, digest.subject()) == ("notify.digest.notified", f"notify.uscc.{FIRM.code}.digest")
    assert isinstance(digest, DigestNotified)
    assert [(item.fit, item.title) for item in digest.items] == [(70, first.demand_title), (90, second.demand_title)]
    await notify.tell(LATER, third)
    assert await notify.strike(china("2026-03-03T07:00")) == []
    [digest] = await notify.strike(china("2026-03-03T08:00"))
    assert told(digest) == ids(third)
    assert await notify.states() == {"gathered": 3, "sent": 2}


async def test_an_empty_digest_is_not_sent(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    assert await notify.strike(EIGHT) == []
    match = a_match()
    await notify.tell(LATER, match, ended(match))
    assert await notify.strike(LATER) == []
    assert await notify.strike(china("2026-03-03T08:00")) == [], "it lapsed before anybody was told"
    assert [each.reason for each in await notify.deliveries()] == ["superseded", "lapsed_before_digest"]


async def test_the_end_of_a_match_that_was_told_comes_in_the_next_digest(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.announce(MORNING)
    await notify.strike(EIGHT)
    await notify.tell(LATER, ended(match))
    await notify.announce(LATER)
    [digest] = await notify.strike(china("2026-03-03T08:00"))
    assert isinstance(digest, DigestNotified)
    assert [item.is_current for item in digest.items] == [False]


async def test_a_weekly_digest_comes_on_its_day_with_news_of_every_kind(notify: Steps) -> None:
    weekly = {"pace": "weekly", "weekday": "friday", "hour": 17, "time_zone": "Europe/Berlin"}
    await notify.subscribed(MORNING, cadence=weekly)
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.tell_news(LATER, demanded(id=match.demand_id), interested(by(PORT)), opened(by(PORT)))
    assert await notify.strike(LATER) == []
    assert await notify.strike(china("2026-03-06T23:59")) == []
    [digest] = await notify.strike(china("2026-03-07T00:00"))
    assert isinstance(digest, DigestNotified)
    assert [item.topic for item in digest.items] == ["match", "demand", "interest", "docking"]
    assert digest.items[1].changes[0].before == "控制时延不超过 80 ms。"


async def test_who_dies_while_gathering_loses_nothing_and_tells_nothing_twice(
    notify: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.announce(MORNING)

    async def die(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("notify.digests.repository.settle", die)
        assert await deadlines.run_due(notify.database, DUE, EIGHT) == 1
    assert await notify.states() == {"collected": 1}
    assert await notify.announce(EIGHT) == []
    [digest] = await notify.strike(EIGHT + timedelta(hours=1))
    assert told(digest) == ids(match)
    assert await notify.strike(EIGHT + timedelta(days=1)) == []


async def test_two_workers_that_gather_at_once_make_one_digest(notify: Steps) -> None:
    subscription_id = await notify.subscribed(MORNING, cadence=DAILY)
    await notify.tell(MORNING, a_match(), a_match())
    await notify.announce(MORNING)

    async def gather() -> None:
        async with notify.database.begin() as session:
            await digests.gather(session, subscription_id, EIGHT)

    await asyncio.gather(gather(), gather(), gather())
    assert len(await notify.announce(EIGHT)) == 1


async def test_what_a_late_worker_collects_does_not_put_off_the_digest_that_is_due(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    early, late = a_match(), a_match()
    await notify.tell(MORNING, early)
    await notify.announce(MORNING)
    await notify.tell(LATER, late)
    await notify.announce(LATER)
    [digest] = await notify.strike(LATER)
    assert told(digest) == ids(early, late)


async def test_in_quiet_hours_news_waits_and_goes_in_its_order(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=NIGHT)
    matches = [a_match() for _ in range(5)]
    for hour, match in zip(("21:59", "22:30", "23:00"), matches, strict=False):
        at = china(f"2026-03-02T{hour}")
        await notify.tell(at, match)
        gone = await notify.announce(at)
        assert [each.about() for each in gone] == (ids(match) if hour == "21:59" else [])
    await notify.tell(china("2026-03-03T06:59"), matches[3])
    assert await notify.announce(china("2026-03-03T06:59")) == []
    seven = china("2026-03-03T07:00")
    await notify.tell(seven, matches[4])
    assert [each.about() for each in await notify.announce(seven)] == ids(*matches[1:])


async def test_what_nobody_looked_at_in_quiet_hours_goes_in_its_order_too(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=NIGHT)
    matches = [a_match() for _ in range(3)]
    await notify.tell(china("2026-03-02T22:30"), matches[0])
    await notify.announce(china("2026-03-02T22:30"))
    await notify.tell(china("2026-03-03T06:59"), matches[1])
    seven = china("2026-03-03T07:00")
    await notify.tell(seven, matches[2])
    gone = [*await notify.announce(seven), *await notify.announce(seven)]
    assert [each.about() for each in gone] == ids(*matches)


async def test_a_digest_that_is_due_in_quiet_hours_waits_for_their_end(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence={**DAILY, "hour": 6, **NIGHT})
    await notify.tell(china("2026-03-01T20:00"), a_match())
    await notify.announce(china("2026-03-01T20:00"))
    assert await notify.strike(china("2026-03-02T06:00")) == []
    assert len(await notify.announce(china("2026-03-02T07:00"))) == 1


async def test_beyond_the_cap_news_is_gathered_and_comes_when_the_month_is_over(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence={"monthly_cap": 2})
    matches = [a_match() for _ in range(5)]
    gone: list[Notified] = []
    for day, match in enumerate(matches, start=2):
        at = china(f"2026-03-{day:02}T09:00")
        await notify.tell(at, match)
        gone += await notify.announce(at)
    assert [each.about() for each in gone] == ids(*matches[:2])
    assert await notify.strike(china("2026-03-31T23:59")) == []
    [rest] = await notify.strike(china("2026-04-01T00:00"))
    assert isinstance(rest, DigestNotified)
    assert (told(rest), rest.reason) == (ids(*matches[2:]), "monthly_cap")
    again = a_match()
    await notify.tell(china("2026-04-02T09:00"), again)
    assert len(await notify.announce(china("2026-04-02T09:00"))) == 1, "another month has room again"


async def test_the_cap_holds_for_workers_that_announce_at_once(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence={"monthly_cap": 3})
    await notify.tell(LATER, *(a_match() for _ in range(12)))
    gone = await asyncio.gather(*(notify.announce(LATER, limit=2) for _ in range(6)))
    assert sum(map(len, gone)) == 3
    assert await notify.states() == {"sent": 3, "collected": 9}


async def test_digests_beyond_the_cap_become_one_of_the_next_month(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence={**DAILY, "monthly_cap": 1})
    matches = [a_match() for _ in range(3)]
    gone: list[Notified] = []
    for day, match in enumerate(matches, start=2):
        await notify.tell(china(f"2026-03-{day:02}T07:00"), match)
        await notify.announce(china(f"2026-03-{day:02}T07:00"))
        gone += await notify.strike(china(f"2026-03-{day:02}T08:00"))
    assert [told(each) for each in gone] == [ids(matches[0])]
    assert await notify.strike(china("2026-04-01T07:59")) == []
    [rest] = await notify.strike(china("2026-04-01T08:00"))
    assert told(rest) == ids(*matches[1:])


async def test_of_a_long_digest_the_first_hundred_are_listed_and_the_rest_is_counted(notify: Steps) -> None:
    subscription_id = await notify.subscribed(MORNING, cadence=DAILY)
    await notify.tell(MORNING, *(a_match() for _ in range(103)))
    assert len(await notify.announce(MORNING)) == 0
    [digest] = await notify.strike(EIGHT)
    assert isinstance(digest, DigestNotified)
    assert (len(digest.items), digest.more_count) == (100, 3)
    found = [each for each in await notify.deliveries() if each.digest_id == digest.delivery_id]
    assert (len(found), {each.subscription_id for each in found}) == (103, {subscription_id})


async def test_a_paused_subscription_gets_its_digest_once_it_is_resumed(notify: Steps) -> None:
    subscription_id = await notify.subscribed(MORNING, cadence=DAILY)
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.announce(MORNING)
    await notify.pause(subscription_id, MORNING)
    assert await notify.strike(EIGHT) == []
    assert await notify.states() == {"held": 1}
    await notify.resume(subscription_id, LATER)
    assert await notify.strike(LATER) == []
    [digest] = await notify.strike(china("2026-03-03T08:00"))
    assert told(digest) == ids(match)


async def test_what_waits_follows_a_change_of_the_settings(notify: Steps) -> None:
    subscription_id = await notify.subscribed(MORNING, cadence={"pace": "weekly"})
    match, other = a_match(), a_match()
    await notify.tell(LATER, match)
    await notify.announce(LATER)
    await notify.change(subscription_id, LATER, cadence={})
    assert [each.about() for each in await notify.announce(LATER)] == ids(match)
    assert await notify.next_at("digest") is None
    await notify.change(subscription_id, china("2026-03-02T22:30"), cadence=NIGHT)
    await notify.tell(china("2026-03-02T22:30"), other)
    assert await notify.announce(china("2026-03-02T22:30")) == []
    await notify.change(subscription_id, china("2026-03-02T22:40"), cadence={})
    assert [each.about() for each in await notify.announce(china("2026-03-02T22:40"))] == ids(other)


async def test_what_is_collected_and_lacks_its_deadline_is_found_again(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.announce(MORNING)
    await notify.forget_deadlines()
    assert await notify.strike(EIGHT) == []
    await notify.replan()
    [digest] = await notify.strike(EIGHT)
    assert told(digest) == ids(match)


async def test_news_that_came_before_the_subscription_was_deleted_is_not_told(notify: Steps) -> None:
    subscription_id = await notify.subscribed(MORNING, cadence=DAILY)
    await notify.tell(MORNING, a_match())
    await notify.announce(MORNING)
    await notify.unsubscribe(subscription_id, MORNING)
    assert await notify.strike(EIGHT) == []
    assert [(each.state, each.reason) for each in await notify.deliveries()] == [("abandoned", "subscription_deleted")]


async def test_only_new_matches_are_told_and_an_amendment_says_what_changed(notify: Steps) -> None:
    await notify.subscribed(MORNING)
    await notify.subscribed(MORNING, filters={"versions": "all", "topics": ["match"]})
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.announce(MORNING)
    await notify.tell_news(LATER, demanded(id=match.demand_id))
    await notify.tell(LATER, match.model_copy(update={"version": 2, "fit": 85}))
    gone = await notify.announce(LATER)
    assert sorted(each.type for each in gone) == ["notify.demand.notified", "notify.match.notified"]
    assert [each.match.version for each in gone if isinstance(each, MatchNotified)] == [2], (
        "who asked for every version"
    )
    back = match.model_copy(update={"version": 4})
    await notify.tell(LATER, match.model_copy(update={"version": 3, "is_current": False}), back)
    versions = [each.match.version for each in await notify.announce(LATER) if isinstance(each, MatchNotified)]
    assert sorted(versions) == [3, 3, 4, 4], "the end is told, and what holds again is new"


async def test_a_digest_that_is_late_is_seen(notify: Steps) -> None:
    await notify.subscribed(MORNING, cadence=DAILY)
    await notify.tell(MORNING, a_match(), a_match())
    await notify.announce(MORNING)
    async with notify.database.reading() as session:
        [early] = await backlog.backlogs(session, MORNING)
        [late] = await backlog.backlogs(session, LATER)
    assert (early.count, early.made_at, early.due_since) == (2, None, None)
    assert late.due_since == EIGHT


async def test_a_match_that_was_not_delivered_is_told_when_its_next_version_comes(notify: Steps) -> None:
    # With a cap it waits for the announcer, who asks how many were sent.
    subscription_id = await notify.subscribed(MORNING, cadence={"monthly_cap": 100})
    match = a_match()
    await notify.tell(MORNING, match)
    await notify.disable(subscription_id, MORNING)
    await notify.resume(subscription_id, MORNING)
    assert await notify.announce(MORNING) == []
    await notify.tell(LATER, match.model_copy(update={"version": 2}))
    assert [each.about() for each in await notify.announce(LATER)] == ids(match)


async def test_with_a_crowd_of_subscriptions_each_has_its_own_digest(notify: Steps) -> None:
    hours: dict[UUID, int] = {}
    for hour in (7, 8, 9):
        hours[await notify.subscribed(MORNING, cadence={**DAILY, "hour": hour})] = hour
    await notify.tell(MORNING, a_match())
    async with notify.database.begin() as session:
        assert (await service.announce_due(session, {}, MORNING, limit=10)).deliveries == []
    await notify.announce(MORNING)
    gone = [digest for hour in (7, 8, 9) for digest in await notify.strike(china(f"2026-03-02T{hour:02}:00"))]
    assert [hours[each.subscription_id] for each in gone] == [7, 8, 9]
