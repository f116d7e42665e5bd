"""The page of metrics tells how deliveries stand, and nothing of what it could not ask."""

from collections.abc import Callable
from datetime import datetime

import httpx

from common.clock import now
from common.database import Database
from common.figures import Figures
from notify.figures import figures
from notify.settings import NotifySettings
from tests.integration.notify.matches import a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.metrics import Samples
from tests.support.receiver import Receiver


async def page(settings: NotifySettings, clock: Callable[[], datetime] = now) -> Samples:
    """The page as a worker on this database shows it."""
    database = Database(settings)
    try:
        measured = Figures(within_s=5)
        measured.add(figures(database, clock))
        await measured.refresh()
    finally:
        await database.close()
    return Samples.of_this_process()


async def test_a_delivery_that_is_refused_shows_its_age_and_a_failing_webhook(
    notify: World, settings: NotifySettings, receiver: Receiver
) -> None:
    receiver.always(500)
    subscription = await notify.webhook(receiver.url())
    async with notify.working():
        await notify.computed(a_match())

        async def failed_thrice() -> bool:
            # What is due later is due now: the clock of the worker is the test's own.
            notify.clock.let_pass(hours=1)
            deliveries = await notify.deliveries()
            return len(receiver.received()) >= 3 and bool(deliveries)

        await eventually(failed_thrice, within=30)
    seen = await page(settings, notify.clock)
    assert seen["jingqiao_notify_deliveries_pending", {"channel": "webhook"}] == 1
    assert seen["jingqiao_notify_oldest_pending_seconds", {"channel": "webhook"}] > 0
    assert seen["jingqiao_notify_failing_webhooks"] == 1
    assert seen["jingqiao_notify_subscriptions", {"channel": "webhook", "state": "active"}] == 1
    assert seen["jingqiao_notify_attempt_seconds_count", {"channel": "webhook", "outcome": "refused"}] >= 3
    assert subscription["id"] not in seen.text


async def test_what_was_delivered_is_counted_and_no_longer_waits(
    notify: World, settings: NotifySettings, receiver: Receiver
) -> None:
    before = await page(settings)
    await notify.webhook(receiver.url())
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)
    seen = await page(settings)
    sent = ("jingqiao_notify_deliveries_settled_total", {"channel": "webhook", "state": "sent"})
    assert seen[sent] == before.get(sent, 0) + 1
    assert seen["jingqiao_notify_deliveries_pending", {"channel": "webhook"}] == 0
    assert seen["jingqiao_notify_oldest_pending_seconds", {"channel": "webhook"}] == 0


async def test_a_database_that_is_away_leaves_no_old_figures(notify: World, settings: NotifySettings) -> None:
    await page(settings)
    nowhere = "postgresql+asyncpg://nobody:none@127.0.0.1:9/none"
    seen = await page(settings.model_copy(update={"database_url": nowhere}))
    assert ("jingqiao_notify_deliveries_pending", {"channel": "webhook"}) not in seen
    assert seen["jingqiao_figures_failed_total", {"figure": "deliveries"}] >= 1


async def test_every_process_shows_its_outbox_and_dependencies(notify: World) -> None:
    reply: httpx.Response = await notify.client.get("/metrics")
    seen = Samples(reply.text)
    assert seen["jingqiao_database_reachable"] == 1
    assert seen["jingqiao_outbox_waiting"] == 0
