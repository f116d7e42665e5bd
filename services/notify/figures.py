"""What notify's database tells of its state, for the page of metrics."""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.database import Database
from common.figures import Measurement
from notify import metrics
from notify.backlog import repository as backlog
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import Channel, SubscriptionState


def figures(database: Database, now: Callable[[], datetime]) -> Sequence[Measurement]:
    async def pending() -> None:
        async with database.reading() as session:
            waiting = {each.channel: each for each in await backlog.backlogs(session, now())}
            metrics.FAILING.set(await backlog.failing_webhook_count(session))
        for channel in Channel:
            _tell(channel, waiting.get(channel), now())

    async def subscribed() -> None:
        async with database.reading() as session:
            counts = await subscriptions.counts(session)
        for channel in Channel:
            for state in SubscriptionState:
                metrics.SUBSCRIPTIONS.labels(channel, state).set(counts.get((channel, state), 0))

    of_deliveries = (metrics.PENDING, metrics.OLDEST_DUE_S, metrics.OLDEST_PENDING_S, metrics.FAILING)
    return [
        Measurement("deliveries", of_deliveries, pending),
        Measurement("subscriptions", (metrics.SUBSCRIPTIONS,), subscribed),
    ]


def _tell(channel: Channel, waiting: backlog.Backlog | None, at: datetime) -> None:
    metrics.PENDING.labels(channel).set(waiting.count if waiting else 0)
    for gauge, since in (
        (metrics.OLDEST_DUE_S, waiting and waiting.due_since),
        (metrics.OLDEST_PENDING_S, waiting and waiting.made_at),
    ):
        gauge.labels(channel).set((at - since).total_seconds() if since else 0.0)
