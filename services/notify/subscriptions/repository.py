"""The look-ups of subscriptions; whose they are is part of each."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.arrays import rows_of, values_of
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest
from notify.subscriptions.models import HEARS_ALL_CALLS, Subscription
from notify.subscriptions.rules import Channel, SubscriptionState

WISHES_LOCK = 7_215_003
"""Advisory locks on what one organisation subscribes to; the second half of their key is a hash of who it is."""


def add(session: AsyncSession, subscription: Subscription) -> None:
    session.add(subscription)


async def remove(session: AsyncSession, subscription: Subscription) -> None:
    await session.delete(subscription)


async def own(
    session: AsyncSession, organisation: OrganisationKey, subscription_id: UUID, *, lock: bool = False
) -> Subscription:
    """Raises NotFound when there is none, or it is somebody else's."""
    rows = select(Subscription).where(Subscription.id == subscription_id, _owned_by(organisation))
    found = (await session.scalars(rows.with_for_update() if lock else rows)).one_or_none()
    if found is None:
        raise NotFound("You have no such subscription", "您没有这条订阅")
    return found


async def locked(session: AsyncSession, subscription_id: UUID) -> Subscription | None:
    return await session.get(Subscription, subscription_id, with_for_update=True, populate_existing=True)


async def any_owners(session: AsyncSession, subscription_id: UUID) -> Subscription | None:
    """Whoever's it is: for those who were told of it by a link."""
    return await session.get(Subscription, subscription_id)


async def page(session: AsyncSession, organisation: OrganisationKey, wanted: PageRequest) -> Sequence[Subscription]:
    """Newest first; one more than the page holds, when there is one."""
    rows = select(Subscription).where(_owned_by(organisation))
    if wanted.after is not None:
        rows = rows.where(tuple_(Subscription.created_at, Subscription.id) < wanted.after)
    rows = rows.order_by(Subscription.created_at.desc(), Subscription.id.desc()).limit(wanted.limit + 1)
    return (await session.scalars(rows)).all()


async def count(session: AsyncSession, organisation: OrganisationKey) -> int:
    rows = select(func.count()).select_from(Subscription).where(_owned_by(organisation))
    return (await session.scalars(rows)).one()


async def counts(session: AsyncSession) -> dict[tuple[Channel, SubscriptionState], int]:
    """How many there are of each channel in each state; nothing where there are none."""
    rows = select(Subscription.channel, Subscription.state, func.count())
    grouped = await session.execute(rows.group_by(Subscription.channel, Subscription.state))
    return {(channel, state): count for channel, state, count in grouped}


async def sealed_secrets(session: AsyncSession) -> Sequence[str]:
    """The newest secret of every subscription, and the tokens of robots, as they are stored."""
    stored = await session.execute(select(Subscription.sealed_secret, Subscription.sealed_token))
    return [sealed for row in stored for sealed in row if sealed]


async def same(session: AsyncSession, organisation: OrganisationKey, wish: str) -> Subscription | None:
    """The organisation's subscription with this wish."""
    rows = select(Subscription).where(_owned_by(organisation), Subscription.wish == wish)
    return (await session.scalars(rows)).one_or_none()


async def asking_for_standing(session: AsyncSession) -> Subscription | None:
    """The oldest subscription that is still to be told of matches that stood before it."""
    rows = select(Subscription).where(
        Subscription.backfill_after.is_not(None), Subscription.state != SubscriptionState.DISABLED
    )
    return (await session.scalars(rows.order_by(Subscription.created_at, Subscription.id).limit(1))).first()


async def lock_wishes(session: AsyncSession, organisation: OrganisationKey) -> None:
    """Let nobody else change what it subscribes to, or tell it of a match, before the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(WISHES_LOCK, _hash(organisation))))


_HELD = rows_of("held", {"organisation": Text()})
_HOLD_WISHES = select(func.pg_advisory_xact_lock_shared(WISHES_LOCK, func.hashtext(_HELD.c.organisation)))


async def hold_wishes(session: AsyncSession, organisations: Iterable[OrganisationKey]) -> None:
    """Let no subscription of these be made or changed before the transaction ends; many may hold them at once."""
    ordered = sorted(f"{each.scheme}:{each.code}" for each in organisations)
    await session.execute(_HOLD_WISHES, values_of("held", {"organisation": ordered}))


def _hash(organisation: OrganisationKey) -> ColumnElement[int]:
    return func.hashtext(f"{organisation.scheme}:{organisation.code}")


_OWNERS = rows_of("owners", {"scheme": Text(), "code": Text()})
_IS_LISTENING = and_(
    tuple_(Subscription.organisation_scheme, Subscription.organisation_code).in_(select(_OWNERS)),
    Subscription.state != SubscriptionState.DISABLED,
)
_LISTENING = select(Subscription).where(_IS_LISTENING).order_by(Subscription.id).with_for_update(read=True)
_LISTENERS = (
    select(
        Subscription.id,
        Subscription.organisation_scheme,
        Subscription.organisation_code,
        Subscription.channel,
        Subscription.state,
        Subscription.is_ordered,
        cast(Subscription.filters, Text),
        Subscription.cadence != text("'{}'::jsonb"),
    )
    .where(_IS_LISTENING)
    .order_by(Subscription.id)
    .with_for_update(read=True)
)


def _owners(organisations: Iterable[OrganisationKey]) -> dict[str, list[str]]:
    keys = list(organisations)
    return values_of("owners", {"scheme": [key.scheme for key in keys], "code": [key.code for key in keys]})


async def listening(session: AsyncSession, organisations: Iterable[OrganisationKey]) -> Sequence[Subscription]:
    """The subscriptions of these organisations that are not disabled.

    They cannot be paused, disabled or deleted before the caller's transaction ends, so that no delivery is made for
    one that has just gone.
    """
    return (await session.scalars(_LISTENING, _owners(organisations))).all()


class Listener(NamedTuple):
    """What telling needs of a subscription; `filters` are JSON, `is_timed` whether it has a cadence of its own."""

    id: UUID
    scheme: str
    code: str
    channel: Channel
    state: SubscriptionState
    is_ordered: bool
    filters: str
    is_timed: bool


async def listeners(session: AsyncSession, organisations: Iterable[OrganisationKey]) -> list[Listener]:
    """The same subscriptions, held the same, at a tenth of the price."""
    return [Listener._make(row) for row in await session.execute(_LISTENERS, _owners(organisations))]


async def others(session: AsyncSession, but: Subscription) -> Sequence[Subscription]:
    """The organisation's other subscriptions that are not disabled, held as by `listening`; without waiting for those
    that somebody changes now."""
    rows = select(Subscription).where(
        _owned_by(but.organisation), Subscription.id != but.id, Subscription.state != SubscriptionState.DISABLED
    )
    held = rows.order_by(Subscription.id).with_for_update(read=True, skip_locked=True)
    return (await session.scalars(held)).all()


async def hearing_all_calls(session: AsyncSession) -> Sequence[Subscription]:
    """Those that are not disabled and for all calls for solutions, held as by `listening`."""
    rows = select(Subscription).where(HEARS_ALL_CALLS, Subscription.state != SubscriptionState.DISABLED)
    return (await session.scalars(rows.order_by(Subscription.id).with_for_update(read=True))).all()


def _owned_by(organisation: OrganisationKey) -> ColumnElement[bool]:
    return and_(
        Subscription.organisation_scheme == organisation.scheme, Subscription.organisation_code == organisation.code
    )
