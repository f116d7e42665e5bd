"""What becomes of an attempt where its subscription, or the database, is no longer as it was when it began."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from common.database import Database
from common.errors import Unavailable
from notify.deliveries import repository, service
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, Endurance, Gone, Lanes, Sent, Unreachable
from notify.settling import Settler
from notify.subscriptions.rules import Channel
from notify.telling.service import HeardMatch, tell
from tests.integration.notify.matches import a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually

AT_ONCE = service.Settling(0.0, Endurance(count=1, span=timedelta(0)))
"""One failure pauses."""


@pytest.fixture
async def database(notify: World) -> AsyncIterator[Database]:
    opened = Database(notify.settings)
    yield opened
    await opened.close()


async def _in_hand(database: Database, notify: World) -> Due:
    room = service.ClaimRoom(Channel.WEBHOOK, 10, Lanes(4), Lanes(4), None)
    async with database.begin() as session:
        [due] = (await service.claim(session, room, notify.clock(), lease_s=60)).taken
    return due


async def _settled(database: Database, notify: World, due: Due, outcome: AttemptResult) -> str:
    """The state of its subscription after an attempt."""
    async with database.begin() as session:
        await service.settle(session, due, outcome, notify.clock(), AT_ONCE)
    return str((await notify.get(f"/v1/subscriptions/{due.subscription.id}"))["state"])


async def _notice_in_hand(database: Database, notify: World) -> Due:
    """Of an active webhook: its challenge, made a notice once it was taken."""
    await notify.webhook("http://127.0.0.1:9/former")
    assert await _settled(database, notify, await _in_hand(database, notify), Sent(204, 0.1)) == "active"
    await notify.execute("UPDATE deliveries SET state = 'pending', news_type = 'other', due_at = now()")
    return await _in_hand(database, notify)


@pytest.mark.parametrize("outcome", [Unreachable("timed_out", 10.0), Sent(204, 9.9), Gone(410, 9.9)])
async def test_the_answer_to_a_challenge_that_was_asked_anew_ends_nothing(
    notify: World, database: Database, outcome: AttemptResult
) -> None:
    subscription = await notify.webhook("http://127.0.0.1:9/")
    first = await _in_hand(database, notify)
    await notify.post(f"/v1/subscriptions/{subscription['id']}/resume")
    assert await _settled(database, notify, first, outcome) == "pending"
    assert [each["state"] for each in await notify.challenges()] == ["pending", "abandoned"]
    assert await _settled(database, notify, await _in_hand(database, notify), Sent(204, 0.1)) == "active"


@pytest.mark.parametrize("outcome", [Gone(410, 0.1), Unreachable("refused", 0.1)])
async def test_an_answer_from_a_former_address_is_none_of_the_new_one(
    notify: World, database: Database, outcome: AttemptResult
) -> None:
    due = await _notice_in_hand(database, notify)
    where, headers = f"/v1/subscriptions/{due.subscription.id}", {**notify.token(), "If-Match": '"2"'}
    body = {"channel": {"type": "webhook", "url": "http://127.0.0.1:9/new"}}
    assert (await notify.client.patch(where, json=body, headers=headers)).status_code == 200
    assert await _settled(database, notify, due, outcome) == "pending"
    assert (await notify.get(where))["failures_count"] == 0


async def test_attempts_that_end_while_the_database_is_away_wait_for_it_once(notify: World, database: Database) -> None:
    """Rather than one after the other."""
    due = await _notice_in_hand(database, notify)
    away = Database(
        notify.settings.model_copy(update={"database_url": "postgresql+asyncpg://nobody:none@127.0.0.1:9/none"})
    )
    settler = Settler(away, AT_ONCE.endurance, notify.clock)
    with capture_logs() as logs:
        ended = await asyncio.gather(*(settler.settled(due, Sent(204, 0.1)) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in ended] == [Unavailable] * 3
    assert logs == []
    await away.close()


async def test_pausing_waits_in_no_circle_with_attempts_that_are_settled(notify: World, database: Database) -> None:
    """Whatever order the table has them in."""
    subscription = await notify.subject()
    first, second = sorted((a_match() for _ in range(2)), key=lambda match: match.id, reverse=True)
    async with database.begin() as session:
        at = notify.clock()
        told = await tell(session, [HeardMatch.in_hand(each, at) for each in (first, second)], at)
        ids = sorted(each.id for each in told)
    await notify.execute("UPDATE deliveries SET state = 'pending'")
    await notify.execute(f"UPDATE deliveries SET failures_count = 1 WHERE id = '{ids[0]}'")
    async with database.begin() as session:
        await repository.locked_many(session, ids[:1])
        pausing = asyncio.create_task(notify.post(f"/v1/subscriptions/{subscription['id']}/pause"))
        await eventually(notify.is_waiting_for_a_lock)
        await repository.locked_many(session, ids)
    assert (await pausing).status_code == 200
