"""What the log and the metrics say of each delivery: ids, outcome, status and time; never a path or a body."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog

from common import correlation
from notify import metrics
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.repository import Due
from notify.deliveries.rules import OPEN, AttemptResult, DeliveryState, recorded
from notify.telling.repository import NewDelivery
from notify.telling.service import HeardMatch

log = structlog.get_logger()


def attempted(due: Due, outcome: AttemptResult, settled: Delivery | None, at: datetime) -> None:
    """A request to a webhook that is on record; `settled` is the delivery after it, None when it is gone."""
    kind, status, reason = recorded(outcome)
    metrics.ATTEMPTS.labels(due.subscription.channel, kind).observe(outcome.took_s)
    log.info(
        "delivery_attempted",
        delivery_id=str(due.delivery.id),
        subscription_id=str(due.subscription.id),
        match_id=str(due.delivery.match_id),
        host=due.subscription.host,
        outcome=kind,
        status=status,
        reason=reason,
        took_ms=round(outcome.took_s * 1000),
        state=settled.state if settled else None,
        failures_count=settled.failures_count if settled else None,
        due_at=settled.due_at.isoformat() if settled and settled.due_at else None,
    )
    if settled is not None and settled.state not in OPEN and settled.news_type != CONFIRMATION:
        _count(settled, at)


def heard_of(heard: HeardMatch, deliveries: Sequence[NewDelivery]) -> None:
    """A match event that is applied, with what was made of it; some of that went with it."""
    sent = Counter(each.listener.channel for each in deliveries if each.state is DeliveryState.SENT)
    for channel, count in sent.items():
        metrics.SETTLED.labels(channel, DeliveryState.SENT).inc(count)
        delay = metrics.DELAY.labels(channel)
        for _ in range(count):
            delay.observe(0.0)
    with correlation.bound(heard.correlation_id):
        log.info(
            "match_heard_of",
            match_id=str(heard.match.id),
            match_version=heard.match.version,
            delivery_count=len(deliveries),
            sent_count=sent.total(),
        )


def announced(delivery: Delivery, at: datetime) -> None:
    """A delivery whose event is recorded for the organisation's subject."""
    log.info(
        "delivery_announced",
        delivery_id=str(delivery.id),
        subscription_id=str(delivery.subscription_id),
        match_id=str(delivery.match_id),
        correlation_id=delivery.correlation_id,
    )
    _count(delivery, at)


def _count(delivery: Delivery, at: datetime) -> None:
    metrics.SETTLED.labels(delivery.channel, delivery.state).inc()
    if delivery.state is DeliveryState.SENT:
        metrics.DELAY.labels(delivery.channel).observe((at - delivery.created_at).total_seconds())
