"""Deliveries leave at once: what makes them due also wakes whoever sends them."""

import asyncio

import pytest

from common.database import Database
from notify import sender
from notify.channels import announcer
from notify.telling.service import HeardMatch, tell
from tests.integration.notify.matches import a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Receiver


@pytest.fixture(autouse=True)
def _no_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "POLL_S", 3600.0)
    monkeypatch.setattr(announcer, "POLL_S", 3600.0)


async def test_a_new_delivery_leaves_without_waiting_for_a_poll(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    await notify.subject()
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(2)
        await notify.computed(a_match())
        await notify.settled(4)


async def test_resuming_and_sending_again_wake_the_sender_too(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    where = f"/v1/subscriptions/{subscription['id']}"
    await notify.verified()
    await notify.post(f"{where}/pause")
    async with notify.working():
        await notify.computed(a_match())
        await eventually(notify.deliveries)
        await notify.post(f"{where}/resume")
        [delivery] = await notify.settled(1)
        await notify.post(f"/v1/deliveries/{delivery['id']}/redeliver")
        await eventually(lambda: len(receiver.received()) == 2)


async def test_a_backlog_larger_than_one_claim_leaves_without_a_poll(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    where = f"/v1/subscriptions/{subscription['id']}"
    await notify.verified()
    await notify.post(f"{where}/pause")
    async with notify.working(webhook_concurrency=3, webhook_host_limit=2):
        await notify.computed(*(a_match() for _ in range(30)))
        await eventually(lambda: _all_held(notify, 30))
        await notify.post(f"{where}/resume")
        await notify.settled(30)
    assert len(receiver.received()) == 30


async def _all_held(notify: World, count: int) -> bool:
    return [each["state"] for each in await notify.deliveries()] == ["held"] * count


async def test_a_subscription_cannot_be_deleted_while_a_delivery_for_it_is_being_made(notify: World) -> None:
    subscription = await notify.webhook("http://127.0.0.1:9/")
    database = Database(notify.settings)
    async with database.begin() as session:
        at = notify.clock()
        assert len(await tell(session, [HeardMatch.in_hand(a_match(), at)], at)) == 1
        deleting = asyncio.create_task(
            notify.client.delete(f"/v1/subscriptions/{subscription['id']}", headers=notify.token())
        )
        await eventually(lambda: deleting.done() or notify.is_waiting_for_a_lock())
    assert (await deleting).status_code == 204
    await database.close()
    [delivery] = await notify.deliveries()
    assert (delivery["state"], delivery["reason"]) == ("abandoned", "subscription_deleted")
