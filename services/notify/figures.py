"""What notify's database tells of its state, for the page of metrics."""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.database import Database
from common.figures import Measurement
from notify import metrics
from notify.backlog import repository as deliveries
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import Channel, SubscriptionState


def figures(database: Database, now: Callable[[], datetime]) -> Sequence[Measurement]:
    async def pending() -> None:
        async with database.reading() as session:
            backlogs = {backlog.channel: backlog for backlog in await deliveries.backlogs(session, now())}
            metrics.FAILING.set(await deliveries.failing_webhook_count(session))
        for channel in Channel:
            _tell(channel, backlogs.get(channel), now())

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


def _tell(channel: Channel, backlog: deliveries.Backlog | None, at: datetime) -> None:
    metrics.PENDING.labels(channel).set(backlog.count if backlog else 0)
    for gauge, since in (
        (metrics.OLDEST_DUE_S, backlog and backlog.due_since),
        (metrics.OLDEST_PENDING_S, backlog and backlog.made_at),
    ):
        gauge.labels(channel).set((at - since).total_seconds() if since else 0.0)
