"""What an organisation does with its subscriptions."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.clock import new_id
from common.errors import FieldFault, NotAllowedNow, invalid
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.tracks import Tracks
from common.vault import Vault
from notify import signing
from notify.channels.shape import Address, AddressOf
from notify.deliveries import repository as deliveries
from notify.deliveries.rules import DELETED, DISABLED
from notify.digests.rules import DIGEST
from notify.subscriptions import confirming, repository, rules
from notify.subscriptions import filters as narrowing
from notify.subscriptions.cadence import Cadence
from notify.subscriptions.filters import SubscriptionFilters
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import (
    Channel,
    SubscriptionAction,
    SubscriptionParty,
    SubscriptionState,
)
from notify.subscriptions.schemas import ChannelIn, SubscriptionChange, SubscriptionIn

BEFORE_ALL = UUID(int=0)
"""Where telling of standing matches begins."""
UNSUBSCRIBED = "unsubscribed"
"""Why a subscription is disabled that was ended by a link in a message."""


@dataclass(frozen=True)
class Policy:
    """What this deployment allows and how it keeps secrets."""

    addresses: Mapping[Channel, AddressOf]
    vault: Vault
    subscriptions_limit: int
    tracks: Tracks
    secret_overlap: timedelta


@dataclass(frozen=True)
class Created:
    """`secret` of a webhook is known here for the last time; None where nothing was made."""

    subscription: Subscription
    secret: str | None
    is_new: bool = True


@dataclass(frozen=True)
class Wish:
    """What is wished for, checked: where to, which matches, and the digest that equal wishes share."""

    channel: ChannelIn
    address: Address
    filters: SubscriptionFilters
    cadence: Cadence
    digest: str


async def subscribe(
    session: AsyncSession, organisation: OrganisationKey, asked: SubscriptionIn, terms: Policy, at: datetime
) -> Created:
    """A new subscription, or the one that wishes for the same already; either is told of what stands when asked to."""
    filters = narrowing.resolved(asked.filters, terms.tracks)
    wish = _wish(asked.channel, await _address(asked.channel, terms), filters, asked.cadence)
    await repository.lock_wishes(session, organisation)
    same = await repository.same(session, organisation, wish.digest)
    if same is not None:
        created = Created(await _corrected(session, same, wish, terms.vault, at), secret=None, is_new=False)
    else:
        await _refuse_too_many(session, organisation, terms.subscriptions_limit)
        created = _new(organisation, wish, terms.vault, at)
        repository.add(session, created.subscription)
        if created.subscription.state is SubscriptionState.PENDING:
            await confirming.ask(session, created.subscription, at)
    if asked.include_standing:
        created.subscription.backfill_after = BEFORE_ALL
    return created


async def _corrected(session: AsyncSession, same: Subscription, wish: Wish, vault: Vault, at: datetime) -> Subscription:
    """The subscription with the robot's secret, language and order that are given now, where they are others."""
    secret, language, is_ordered = wish.address.secret, wish.channel.language, wish.channel.is_ordered
    known = vault.open(same.sealed_secret) if secret and same.sealed_secret else None
    if secret == known and language in (None, same.language) and is_ordered in (None, same.is_ordered):
        return same
    subscription = await repository.locked(session, same.id) or same
    if secret:
        subscription.sealed_secret = vault.seal(secret)
    subscription.language = language or subscription.language
    subscription.is_ordered = subscription.is_ordered if is_ordered is None else is_ordered
    return _touched(subscription, at)


def _wish(channel: ChannelIn, address: Address, filters: SubscriptionFilters, cadence: Cadence) -> Wish:
    digest = narrowing.digest_of(channel.type, address.identity, filters, cadence)
    return Wish(channel, address, filters, cadence, digest)


async def _refuse_too_many(session: AsyncSession, organisation: OrganisationKey, limit: int) -> None:
    if await repository.count(session, organisation) >= limit:
        raise NotAllowedNow(
            f"An organisation may have {limit} subscriptions; delete one first",
            f"每个单位最多 {limit} 条订阅，请先删除一条",
        )


def _new(organisation: OrganisationKey, wish: Wish, vault: Vault, at: datetime) -> Created:
    kind = wish.channel.type
    secret = _new_secret() if kind is Channel.WEBHOOK else None
    subscription = Subscription(
        id=new_id(),
        version=1,
        organisation_scheme=organisation.scheme,
        organisation_code=organisation.code,
        channel=kind,
        sealed_secret=vault.seal(secret) if secret else None,
        filters=wish.filters.model_dump(mode="json"),
        cadence=_stored(wish.cadence),
        wish=wish.digest,
        is_ordered=wish.channel.is_ordered or False,
        state=SubscriptionState.PENDING if kind in confirming.ASKING else SubscriptionState.ACTIVE,
        created_at=at,
        changed_at=at,
    )
    _lead_to(subscription, wish.channel, wish.address, vault)
    return Created(subscription, secret)


def _lead_to(subscription: Subscription, channel: ChannelIn, address: Address, vault: Vault) -> None:
    subscription.url, subscription.host, subscription.endpoint = address.url, address.host, address.endpoint
    subscription.language = channel.language
    if channel.is_ordered is not None:
        subscription.is_ordered = channel.is_ordered
    if address.token is not None:
        subscription.sealed_token = vault.seal(address.token)
        subscription.sealed_secret = vault.seal(address.secret) if address.secret else None


@dataclass(frozen=True)
class Revision:
    """Which subscription is to be changed, whose it is, and the version its owner has read."""

    organisation: OrganisationKey
    subscription_id: UUID
    expected_version: int


async def change(
    session: AsyncSession, revision: Revision, asked: SubscriptionChange, terms: Policy, at: datetime
) -> Subscription:
    # Before anything is locked: a name server may take its time.
    address = await _address(asked.channel, terms) if asked.channel else None
    filters = narrowing.resolved(asked.filters, terms.tracks) if asked.filters else None
    await repository.lock_wishes(session, revision.organisation)
    subscription = await repository.own(session, revision.organisation, revision.subscription_id, lock=True)
    refuse_stale(revision.expected_version, subscription.version)
    if asked.channel is not None and asked.channel.type is not subscription.channel:
        fault = FieldFault(
            "make another subscription for another channel", "更换渠道请新建订阅", pointer="#/channel/type"
        )
        raise invalid(fault)
    identity, filters = address.identity if address else subscription.identity, filters or subscription.wishes
    if subscription.channel is Channel.EMAIL and identity != subscription.identity:
        fault = FieldFault(
            "make another subscription for another address", "更换邮箱请新建订阅", pointer="#/channel/address"
        )
        raise invalid(fault)
    cadence = asked.cadence or subscription.timing
    digest = narrowing.digest_of(subscription.channel, identity, filters, cadence)
    _refuse_same(await repository.same(session, revision.organisation, digest), subscription)
    is_elsewhere = subscription.channel is Channel.WEBHOOK and identity != subscription.identity
    if asked.channel is not None and address is not None:
        _lead_to(subscription, asked.channel, address, terms.vault)
    subscription.filters, subscription.wish = filters.model_dump(mode="json"), digest
    await _change_cadence(session, subscription, cadence, at)
    if is_elsewhere:
        await _verify_anew(session, subscription, at)
    return _touched(subscription, at)


async def _verify_anew(session: AsyncSession, subscription: Subscription, at: datetime) -> None:
    """One that stands still is asked once it is resumed."""
    subscription.confirmed_at = None
    if subscription.state in (SubscriptionState.ACTIVE, SubscriptionState.PENDING):
        await confirming.ask_again(session, subscription, at)


async def _change_cadence(session: AsyncSession, subscription: Subscription, cadence: Cadence, at: datetime) -> None:
    """What has not been tried yet waits by the new settings from now on."""
    if cadence.identity() == subscription.timing.identity():
        return
    subscription.cadence = _stored(cadence)
    await deliveries.reconsider(session, subscription.id, at)
    await deadlines.put(session, DIGEST, subscription.id, None)


def _stored(cadence: Cadence) -> dict[str, Any]:
    """Nothing for the usual one, so that whoever sends has nothing to look at."""
    return cadence.model_dump(mode="json") if cadence.identity() else {}


def _refuse_same(other: Subscription | None, subscription: Subscription) -> None:
    if other is not None and other.id != subscription.id:
        raise NotAllowedNow(
            f"That is what your subscription {other.id} says already; delete one of the two",
            f"与您的订阅 {other.id} 完全相同，请删除其中之一",
        )


async def page(session: AsyncSession, organisation: OrganisationKey, wanted: PageRequest) -> Sequence[Subscription]:
    return await repository.page(session, organisation, wanted)


async def shown(session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID) -> Subscription:
    return await repository.own(session, organisation, subscription_id)


async def pause(
    session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID, at: datetime
) -> Subscription:
    subscription = await repository.own(session, organisation, subscription_id, lock=True)
    if rules.LIFE.is_done(subscription.state, SubscriptionAction.PAUSE):
        return subscription
    _move(subscription, SubscriptionAction.PAUSE, at)
    await deliveries.hold(session, subscription.id)
    return _touched(subscription, at)


async def resume(
    session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID, at: datetime
) -> Subscription:
    subscription = await repository.own(session, organisation, subscription_id, lock=True)
    if rules.LIFE.is_done(subscription.state, SubscriptionAction.RESUME):
        return subscription
    confirming.refuse_unconfirmed(subscription)
    if subscription.channel is Channel.WEBHOOK and subscription.confirmed_at is None:
        await confirming.ask_again(session, subscription, at)
        return _touched(subscription, at)
    _move(subscription, SubscriptionAction.RESUME, at)
    subscription.state_reason = subscription.failing_since = None
    subscription.failures_count = 0
    await deliveries.release(session, subscription.id, at)
    return _touched(subscription, at)


def _move(subscription: Subscription, action: SubscriptionAction, at: datetime) -> None:
    by = {SubscriptionParty.SUBSCRIBER}
    subscription.state = rules.LIFE.moved(subscription.state, action, by=by, at=at).after


async def rotate_secret(
    session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID, terms: Policy, at: datetime
) -> Created:
    subscription = await repository.own(session, organisation, subscription_id, lock=True)
    if subscription.channel is not Channel.WEBHOOK:
        raise NotAllowedNow("Only webhooks have a secret", "只有 Webhook 订阅有密钥")
    if subscription.secret_before_until is not None and at < subscription.secret_before_until:
        until = subscription.secret_before_until
        raise NotAllowedNow(
            f"The secret before this one signs until {until:%Y-%m-%dT%H:%M:%SZ}, as was promised; rotate after that",
            f"上一个密钥按约定仍有效至 {until:%Y-%m-%dT%H:%M:%SZ}，请在此之后再更换",
        )
    secret = _new_secret()
    subscription.sealed_secret_before = subscription.sealed_secret
    subscription.secret_before_until = at + terms.secret_overlap
    subscription.sealed_secret = terms.vault.seal(secret)
    return Created(_touched(subscription, at), secret)


async def unsubscribe(
    session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID, at: datetime
) -> None:
    """The record of its deliveries stays; those not made yet are abandoned."""
    subscription = await repository.own(session, organisation, subscription_id, lock=True)
    await deliveries.abandon_open(session, subscription.id, DELETED, at)
    await repository.remove(session, subscription)


async def is_subscribed(session: AsyncSession, subscription_id: UUID) -> bool:
    subscription = await repository.any_owners(session, subscription_id)
    return subscription is not None and subscription.state is not SubscriptionState.DISABLED


async def end(session: AsyncSession, subscription_id: UUID, at: datetime) -> None:
    """What a link in a message does: disables, so that who subscribed sees why, and can resume. What is disabled or
    gone stays so."""
    subscription = await repository.locked(session, subscription_id)
    if subscription is not None and subscription.state is not SubscriptionState.DISABLED:
        await disable(session, subscription, UNSUBSCRIBED, at)


async def block(session: AsyncSession, subscription: Subscription, reason: str, at: datetime) -> None:
    """For a receiver that takes nothing before who subscribed has changed something. Deliveries wait meanwhile."""
    by = {SubscriptionParty.RECEIVER}
    subscription.state = rules.LIFE.moved(subscription.state, SubscriptionAction.PAUSE, by=by, at=at).after
    subscription.state_reason = reason
    _touched(subscription, at)
    await deliveries.hold(session, subscription.id)


async def disable(session: AsyncSession, subscription: Subscription, reason: str, at: datetime) -> None:
    """For a receiver that wants nothing more. Deliveries not made yet are abandoned."""
    by = {SubscriptionParty.RECEIVER}
    subscription.state = rules.LIFE.moved(subscription.state, SubscriptionAction.DISABLE, by=by, at=at).after
    subscription.state_reason = reason
    _touched(subscription, at)
    await deliveries.abandon_open(session, subscription.id, DISABLED, at)


async def _address(channel: ChannelIn, terms: Policy) -> Address:
    """Raises InvalidInput naming what is wrong with it."""
    if faults := channel.faults():
        raise invalid(*faults)
    return await terms.addresses[channel.type](channel)


def _new_secret() -> str:
    return signing.secret_of(secrets.token_bytes(signing.KEY_BYTES))


def _touched(subscription: Subscription, at: datetime) -> Subscription:
    subscription.version += 1
    subscription.changed_at = at
    return subscription
