"""How a delivery begins, whatever it tells of."""

from datetime import datetime
from uuid import UUID

from common import correlation, tracing
from common.clock import new_id
from notify.deliveries.models import Delivery
from notify.deliveries.rules import DeliveryState
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import SubscriptionState

STANDING_STILL = frozenset({SubscriptionState.PENDING, SubscriptionState.PAUSED})
"""What is told waits until these are active."""


def begun(subscription: Subscription, match_id: UUID | None, at: datetime) -> Delivery:
    """Due at once, or held where the subscription is not active yet or paused."""
    is_held = subscription.state in STANDING_STILL
    return Delivery(
        id=new_id(),
        subscription_id=subscription.id,
        organisation_scheme=subscription.organisation_scheme,
        organisation_code=subscription.organisation_code,
        channel=subscription.channel,
        match_id=match_id,
        correlation_id=correlation.current(),
        traceparent=tracing.traceparent(),
        state=DeliveryState.HELD if is_held else DeliveryState.PENDING,
        failures_count=0,
        due_at=at,
        created_at=at,
    )
