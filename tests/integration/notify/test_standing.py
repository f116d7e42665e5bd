"""A new subscription may ask for the matches that stand already; each is told once."""

import asyncio
from typing import Any

import pytest

from common.clock import now
from common.database import Database
from common.fields import OrganisationKey
from notify.telling.service import HeardMatch, tell
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Receiver

WHERE = "/v1/subscriptions"
ASKED: dict[str, Any] = {"channel": {"type": "nats"}, "include_standing": True}


async def subscribed(notify: World, by: OrganisationKey = FIRM, **more: object) -> Any:
    reply = await notify.post(WHERE, {**ASKED, **more}, by)
    assert reply.is_success, reply.text
    return reply.json()


async def known(notify: World, count: int) -> None:
    """Notify has heard of this many matches."""

    async def heard() -> bool:
        return await notify.known_match_count() == count

    await eventually(heard)


async def caught_up(notify: World, subscription: Any, by: OrganisationKey = FIRM) -> None:
    async def done() -> bool:
        return (await notify.get(f"{WHERE}/{subscription['id']}", by))["is_backfilling"] is False

    await eventually(done)


async def test_a_new_subscription_gets_the_matches_that_stand(notify: World) -> None:
    matches = [a_match(fit=fit) for fit in (50, 60, 70)]
    async with notify.working():
        await notify.computed(*matches)
        await known(notify, 3)
        subscription = await subscribed(notify)
        assert subscription["is_backfilling"] is True
        told = await notify.settled(3)
        await caught_up(notify, subscription)
    assert {each["match_id"] for each in told} == {str(match.id) for match in matches}


async def test_more_matches_than_one_batch_holds_are_all_told_once(
    notify: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.backfill.BATCH", 2)
    matches = [a_match() for _ in range(5)]
    async with notify.working():
        await notify.computed(*matches)
        await known(notify, 5)
        await caught_up(notify, await subscribed(notify))
        told = await notify.settled(5)
    assert {each["match_id"] for each in told} == {str(match.id) for match in matches}


async def test_without_asking_only_later_matches_come(notify: World) -> None:
    later = a_match()
    async with notify.working():
        await notify.computed(a_match())
        await known(notify, 1)
        await notify.subject()
        await notify.computed(later)
        [told] = await notify.settled(1)
    assert told["match_id"] == str(later.id)


async def test_only_what_stands_passes_the_filters_and_is_ones_own_is_told(notify: World) -> None:
    ended, weak, foreign, wanted = a_match(), a_match(fit=10), a_match(profile_organisation=PORT), a_match()
    async with notify.working():
        await notify.computed(ended, weak, foreign, wanted)
        await notify.lapsed(ended)
        await known(notify, 4)
        await eventually(lambda: notify.standing_count(3))
        await caught_up(notify, await subscribed(notify, filters={"least_fit": 50}))
        [told] = await notify.settled(1)
    assert told["match_id"] == str(wanted.id)


async def test_both_sides_may_ask(notify: World) -> None:
    async with notify.working():
        await notify.computed(a_match())
        await known(notify, 1)
        await subscribed(notify, PORT)
        await notify.settled(1, PORT)


async def test_who_was_told_of_a_standing_match_hears_when_it_lapses(notify: World) -> None:
    match = a_match()
    async with notify.working():
        await notify.computed(match)
        await known(notify, 1)
        await caught_up(notify, await subscribed(notify))
        await notify.settled(1)
        await notify.lapsed(match)
        told = await notify.settled(2)
    assert {each["match_version"] for each in told} == {1, 2}


async def test_asking_again_tells_nothing_twice(notify: World) -> None:
    early, late = a_match(), a_match()
    async with notify.working():
        await notify.computed(early)
        await known(notify, 1)
        first = await notify.subject()
        await notify.computed(late)
        await notify.settled(1)
        for _ in range(2):
            again = await subscribed(notify)
            assert again["id"] == first["id"]
            await caught_up(notify, again)
        told = await notify.settled(2)
    assert {each["match_id"] for each in told} == {str(early.id), str(late.id)}


async def test_a_webhook_gets_them_too(notify: World, receiver: Receiver) -> None:
    async with notify.working():
        await notify.computed(a_match())
        await known(notify, 1)
        channel = {"type": "webhook", "url": receiver.url()}
        await subscribed(notify, channel=channel)
        await notify.settled(1)
    assert len(receiver.received()) == 1


async def test_a_pause_holds_standing_matches_as_it_holds_others(notify: World) -> None:
    async with notify.working():
        await notify.computed(a_match())
        await known(notify, 1)
    subscription = await subscribed(notify)
    await notify.post(f"{WHERE}/{subscription['id']}/pause")
    async with notify.working():
        await caught_up(notify, subscription)
        [held] = await notify.deliveries()
        assert held["state"] == "held"
        await notify.post(f"{WHERE}/{subscription['id']}/resume")
        await notify.settled(1)


async def test_matches_heard_of_while_somebody_subscribes_are_told_once(notify: World) -> None:
    """Some before, some while, some after: whoever asks for all gets all."""
    matches = [a_match() for _ in range(30)]
    async with notify.working():
        await asyncio.gather(notify.computed(*matches), subscribed(notify))
        told = await notify.settled(30)
    assert {each["match_id"] for each in told} == {str(match.id) for match in matches}


async def test_a_match_in_hand_while_somebody_subscribes_is_told_too(notify: World) -> None:
    match, database = a_match(), Database(notify.settings)
    async with database.begin() as session:
        await tell(session, [HeardMatch.in_hand(match, now())], now())
        subscribing = asyncio.create_task(subscribed(notify))
        await eventually(notify.is_waiting_for_a_lock)
    await subscribing
    await database.close()
    async with notify.working():
        [told] = await notify.settled(1)
    assert told["match_id"] == str(match.id)
