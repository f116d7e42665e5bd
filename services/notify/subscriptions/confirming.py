"""Asking whoever is at an address whether it is theirs, and their answer."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotAllowedNow
from notify.channels.confirmation import PACE, PACE_OF_ASKER, PACE_OF_CHALLENGER, PACE_OF_HOST, ConfirmationLinks
from notify.deliveries import repository as deliveries
from notify.deliveries.beginning import begun
from notify.deliveries.news import CONFIRMATION
from notify.deliveries.rules import DeliveryState
from notify.subscriptions import repository, rules
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel, SubscriptionAction, SubscriptionParty, SubscriptionState

ASKING = frozenset({Channel.EMAIL, Channel.WEBHOOK})
"""Channels whose address says nothing of who reads there. A webhook confirms by its answer, a reader by a link."""
SUPERSEDED = "superseded"
"""Why a question is abandoned that was asked anew."""
UNVERIFIED = "unverified"
"""Why a subscription is disabled whose webhook never took the challenge."""


async def ask(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    """Have a link sent to the address of a new subscription, or a challenge to its webhook. Raises NotAllowedNow when
    it was asked often of late, or the organisation had many asked."""
    if subscription.channel is Channel.WEBHOOK:
        await take_turn_of_webhook(session, subscription, at)
    else:
        await _take_turn_of_mailbox(session, subscription, at)
    asking = begun(subscription, None, at)
    said = {"url": subscription.url} if subscription.channel is Channel.WEBHOOK else {}
    asking.news_type, asking.news, asking.state = CONFIRMATION, said, DeliveryState.PENDING
    await deliveries.add(session, [asking])


async def take_turn_of_webhook(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    """Raises NotAllowedNow when the organisation had many webhooks challenged of late, on this host or on all. By
    organisation: nobody uses up the turns of another, and by host: another path there is not another receiver."""
    asker = deliveries.written(subscription.organisation)
    for turn, pace in ((f"challenge {subscription.lane}", PACE_OF_HOST), (f"challenge by {asker}", PACE_OF_CHALLENGER)):
        if not await deliveries.take_turn(session, turn, pace, at):
            raise NotAllowedNow(
                "Your organisation had webhooks challenged many times of late; wait an hour",
                "贵单位近期发送的 Webhook 验证请求过多，请一小时后再试",
            )


async def _take_turn_of_mailbox(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    asker = deliveries.written(subscription.organisation)
    if not await deliveries.take_turn(session, f"confirm by {asker}", PACE_OF_ASKER, at):
        raise NotAllowedNow(
            "Your organisation had many addresses asked to confirm of late; wait a few hours",
            "贵单位近期发送的确认邮件过多，请数小时后再试",
        )
    # Mail to name+anything mostly reaches the mailbox `name`.
    mailbox = re.sub(r"\+[^@]*@", "@", subscription.identity or "")
    if not await deliveries.take_turn(session, f"confirm {mailbox}", PACE, at):
        raise NotAllowedNow(
            "This address was asked to confirm several times of late; wait a day",
            "近期已多次向该邮箱发送确认邮件，请一天后再试",
        )


async def ask_again(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    """Of a webhook that is elsewhere now, or never answered: what there is to tell waits until it is confirmed."""
    by = {SubscriptionParty.SUBSCRIBER}
    if subscription.state is not SubscriptionState.PENDING:
        subscription.state = rules.LIFE.moved(subscription.state, SubscriptionAction.ASK, by=by, at=at).after
    subscription.confirmed_at = subscription.state_reason = None
    await deliveries.abandon_news(session, subscription.id, CONFIRMATION, SUPERSEDED, at)
    await deliveries.hold(session, subscription.id)
    await ask(session, subscription, at)


async def asked(
    session: AsyncSession, links: ConfirmationLinks, subscription_id: UUID, signed: tuple[int, str], at: datetime
) -> Subscription | None:
    """The subscription that a link is for, None when the link is not whole, too old, or the subscription gone.

    signed  when the link expires, in seconds since 1970, and its signature
    """
    expires, signature = signed
    subscription = await repository.locked(session, subscription_id)
    if subscription is None or at.timestamp() > expires:
        return None
    is_whole = links.is_signed(subscription_id, subscription.url or "", expires, signature)
    return subscription if is_whole else None


async def confirm(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    """Send from now on, with what has waited. Confirming again changes nothing."""
    if subscription.state is not SubscriptionState.PENDING:
        return
    by = {SubscriptionParty.RECEIVER}
    subscription.state = rules.LIFE.moved(subscription.state, SubscriptionAction.CONFIRM, by=by, at=at).after
    subscription.confirmed_at = subscription.changed_at = at
    subscription.version += 1
    await deliveries.release(session, subscription.id, at)


def refuse_unconfirmed(subscription: Subscription) -> None:
    """Nobody gets around the question by resuming a subscription that ended before it was answered."""
    if subscription.channel is Channel.EMAIL and subscription.confirmed_at is None:
        raise NotAllowedNow(
            "Nobody has confirmed this address; delete the subscription and subscribe again",
            "该邮箱尚未确认，请删除订阅后重新订阅",
        )
