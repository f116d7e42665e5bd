"""How a delivery begins, whatever it tells of."""

from datetime import datetime
from uuid import UUID

from common import correlation, tracing
from common.clock import new_id
from notify.deliveries.models import Delivery
from notify.deliveries.rules import DeliveryState
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import SubscriptionState


def begun(subscription: Subscription, match_id: UUID | None, at: datetime) -> Delivery:
    """Due at once, or held where the subscription is paused."""
    is_paused = subscription.state is SubscriptionState.PAUSED
    return Delivery(
        id=new_id(),
        subscription_id=subscription.id,
        organisation_scheme=subscription.organisation_scheme,
        organisation_code=subscription.organisation_code,
        channel=subscription.channel,
        match_id=match_id,
        correlation_id=correlation.current(),
        traceparent=tracing.traceparent(),
        state=DeliveryState.HELD if is_paused else DeliveryState.PENDING,
        failures_count=0,
        due_at=at,
        created_at=at,
    )
