"""How the endpoint of a subscription does: what ends or pauses it, and that its owner hears of that elsewhere."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from notify.deliveries import repository, rules
from notify.deliveries.beginning import begun
from notify.deliveries.models import Delivery
from notify.deliveries.news import CONFIRMATION, ENDED, NO_SIDE, PAUSED
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, DeliveryState, Endurance
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.confirming import SUPERSEDED, UNVERIFIED, confirm
from notify.subscriptions.filters import wants_news
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel, SubscriptionAction, SubscriptionParty, SubscriptionState, Topic
from notify.subscriptions.service import block, disable


def touches(due: Due, outcome: AttemptResult) -> bool:
    """Whether an outcome says something of the subscription itself. Of a success only after failures that were known
    when it was claimed: what goes well takes no lock."""
    subscription = due.subscription
    if isinstance(outcome, rules.Gone | rules.Blocked) or is_challenge(due.delivery):
        return True
    if subscription.channel is not Channel.WEBHOOK or isinstance(outcome, rules.Rejected):
        return False
    return not isinstance(outcome, rules.Sent) or subscription.failures_count > 0


def is_challenge(delivery: Delivery) -> bool:
    return delivery.news_type == CONFIRMATION and delivery.channel is Channel.WEBHOOK


def concerns(due: Due, delivery: Delivery | None, subscription: Subscription) -> bool:
    """Whether an attempt says something of a subscription as it is by now: not one at a former address, nor a challenge
    that has been asked anew meanwhile."""
    is_superseded = delivery is not None and delivery.reason == SUPERSEDED
    return due.subscription.identity == subscription.identity and not is_superseded


async def answered(session: AsyncSession, subscription: Subscription, challenge: Delivery, at: datetime) -> None:
    """What the answer to a challenge makes of its subscription."""
    if subscription.state is not SubscriptionState.PENDING:
        return
    if challenge.state is DeliveryState.SENT:
        await confirm(session, subscription, at)
    if challenge.state is DeliveryState.ABANDONED:
        await disable(session, subscription, UNVERIFIED, at)
        await _tell_owner(session, subscription, SubscriptionState.PENDING, at)


async def note(
    session: AsyncSession, subscription: Subscription, outcome: AttemptResult, at: datetime, endurance: Endurance
) -> None:
    """What an outcome makes of a locked subscription, unless it stands still already."""
    state = subscription.state
    match outcome:
        case rules.Sent():
            subscription.failing_since, subscription.failures_count = None, 0
        case rules.Gone(reason=reason) if state is not SubscriptionState.DISABLED:
            await disable(session, subscription, reason, at)
            await _tell_owner(session, subscription, state, at)
        case rules.Blocked(reason=reason) if state is SubscriptionState.ACTIVE:
            await block(session, subscription, reason, at)
            await _tell_owner(session, subscription, state, at)
        case rules.Refused() | rules.Unreachable():
            subscription.failing_since = subscription.failing_since or at
            subscription.failures_count += 1
            is_over = endurance.is_over(subscription.failures_count, subscription.failing_since, at)
            if is_over and state is SubscriptionState.ACTIVE:
                await block(session, subscription, rules.ENDPOINT_FAILING, at)
                await _tell_owner(session, subscription, state, at)


async def _tell_owner(session: AsyncSession, ended: Subscription, before: SubscriptionState, at: datetime) -> None:
    """By the organisation's other subscriptions that hear of steps."""
    others = await subscriptions.others(session, ended)
    hearing = [each for each in others if wants_news(each.wishes, Topic.STEP, NO_SIDE)]
    await repository.add(session, [_notice(each, ended, before, at) for each in hearing])


def _notice(subscription: Subscription, ended: Subscription, before: SubscriptionState, at: datetime) -> Delivery:
    is_paused = ended.state is SubscriptionState.PAUSED
    action = SubscriptionAction.PAUSE if is_paused else SubscriptionAction.DISABLE
    step = {
        "noun": "subscription",
        "id": str(ended.id),
        "version": ended.version,
        "owner": ended.organisation.model_dump(mode="json"),
        "action": action,
        "before": before,
        "after": ended.state,
        "by": SubscriptionParty.RECEIVER,
        "at": at.isoformat(),
    }
    delivery = begun(subscription, None, at)
    delivery.news_type, delivery.news = PAUSED if is_paused else ENDED, {"step": step}
    return delivery
