"""The look-ups and changes of deliveries, and the notification that some are due."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from common.contracts.matcher import MatchSnapshot
from common.errors import NotFound, Unavailable
from common.fields import OrganisationKey
from common.forgetting import forget_some
from common.pagination import PageRequest
from notify.deliveries.filters import DeliveryFilters
from notify.deliveries.models import PLACES, Attempt, Delivery, KnownMatch, PaceKept
from notify.deliveries.rules import LIFE, DeliveryAction, DeliveryState, EndpointPace
from notify.subscriptions.models import Subscription
from notify.subscriptions.rules import Channel

NOTIFICATION = "deliveries"
"""PostgreSQL notification that deliveries are due, sent by a trigger when some are added that wait, and by `wake`."""
INBOX = "inbox"
"""PostgreSQL notification that an organisation, `scheme:code`, has more in its inbox."""
PLACES_LOCK = 7_215_004
"""Advisory lock of who numbers deliveries in inboxes."""
ORDER_KEPT = timedelta(days=1)
"""How long what is about one matter waits for what came before it."""


async def standing(
    session: AsyncSession, organisation: OrganisationKey, *, after: UUID, limit: int
) -> Sequence[MatchSnapshot]:
    """The matches of either side that hold now, by id, from the next after `after` on.

    None of them can get another version before the caller's transaction ends.
    """
    own = or_(KnownMatch.demand_owner == written(organisation), KnownMatch.profile_owner == written(organisation))
    rows = select(KnownMatch).where(KnownMatch.match.is_not(None), own, KnownMatch.match_id > after)
    locked = rows.order_by(KnownMatch.match_id).limit(limit).with_for_update(read=True)
    return [MatchSnapshot.read(known.match) for known in await session.scalars(locked)]


async def known(session: AsyncSession, match_ids: Collection[UUID]) -> list[MatchSnapshot]:
    """Those of these matches that hold now."""
    rows = select(KnownMatch.match).where(KnownMatch.match_id.in_(match_ids), KnownMatch.match.is_not(None))
    return [MatchSnapshot.read(match) for match in await session.scalars(rows)]


def written(organisation: OrganisationKey) -> str:
    return f"{organisation.scheme}:{organisation.code}"


async def last_told_to(
    session: AsyncSession, subscription_id: UUID, match_ids: Collection[UUID]
) -> dict[UUID, MatchSnapshot]:
    """The newest version of each of these matches that a subscription was told of, or is about to be."""
    told = await newest_told(
        session, and_(Delivery.subscription_id == subscription_id, Delivery.match_id.in_(match_ids))
    )
    return {delivery.snapshot.id: delivery.snapshot for delivery in told}


async def newest_told(session: AsyncSession, those: ColumnElement[bool]) -> Sequence[Delivery]:
    """What was abandoned was not told."""
    told = and_(those, Delivery.match_version.is_not(None), Delivery.state != DeliveryState.ABANDONED)
    key = (Delivery.subscription_id, Delivery.match_id)
    newest = select(*key, func.max(Delivery.match_version)).where(told)
    rows = select(Delivery).where(told, tuple_(*key, Delivery.match_version).in_(newest.group_by(*key)))
    return (await session.scalars(rows)).all()


async def add(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Store new deliveries; what a subscription has been told of a version already is not told again.

    A trigger wakes whoever waits in `arrivals` when the transaction commits.
    """
    if deliveries:
        columns = [column.key for column in Delivery.__table__.columns]
        values = [{name: getattr(delivery, name) for name in columns} for delivery in deliveries]
        await session.execute(insert(Delivery).on_conflict_do_nothing(), values)


async def wake(session: AsyncSession) -> None:
    """Do what the trigger does, for deliveries that are due again."""
    await session.execute(select(func.pg_notify(NOTIFICATION, "")))


_LANE = func.coalesce(
    Subscription.endpoint,
    func.concat(Subscription.host, " ", Subscription.organisation_scheme, ":", Subscription.organisation_code),
)
"""`Subscription.lane`, as PostgreSQL computes it."""
_OWNER = func.concat(Subscription.organisation_scheme, ":", Subscription.organisation_code)


class Full(NamedTuple):
    """Lanes and organisations, `scheme:code`, that have as many requests in hand as they may."""

    lanes: Sequence[str] = ()
    organisations: Sequence[str] = ()


NOTHING_FULL = Full()


@dataclass(frozen=True)
class Due:
    """A delivery to make now, for the subscription it is for."""

    delivery: Delivery
    subscription: Subscription


_AT = bindparam("at", type_=DateTime(timezone=True))
_FORMER = aliased(Delivery)
_HAS_PREDECESSOR = exists().where(
    _FORMER.subscription_id == Delivery.subscription_id,
    _FORMER.ordering_key == Delivery.ordering_key,
    _FORMER.state == DeliveryState.PENDING,
    _FORMER.created_at > _AT - ORDER_KEPT,
    tuple_(_FORMER.created_at, _FORMER.id) < tuple_(Delivery.created_at, Delivery.id),
)
"""Something older about the same matter is to be sent first; of an older one than ORDER_KEPT nobody waits for any
more."""
_DUE = (
    select(Delivery, Subscription)
    .join(Subscription, Subscription.id == Delivery.subscription_id)
    .where(
        or_(Delivery.ordering_key.is_(None), ~_HAS_PREDECESSOR),
        Delivery.state == DeliveryState.PENDING,
        Delivery.channel == bindparam("via", type_=Delivery.channel.type),
        Delivery.due_at <= _AT,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until <= _AT),
    )
    .order_by(Delivery.due_at, Delivery.id)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True, of=Delivery)
)
"""Made once: each look would take longer to make it than to ask it."""


async def due(
    session: AsyncSession,
    channel: Channel,
    at: datetime,
    *,
    limit: int,
    full: Full = NOTHING_FULL,
    pace: EndpointPace | None = None,
) -> list[Due]:
    """Pending deliveries whose time has come, the longest waiting first, locked; those locked elsewhere are skipped,
    those whose endpoint may not be written to yet, and those with a predecessor that is still to be sent."""
    rows = _DUE
    if full.lanes:
        rows = rows.where(_LANE.not_in(full.lanes))
    if full.organisations:
        rows = rows.where(_OWNER.not_in(full.organisations))
    if pace is not None:
        ahead = at + timedelta(seconds=pace.ahead_s)
        is_ahead = exists().where(PaceKept.endpoint == _LANE, PaceKept.free_at > ahead)
        rows = rows.where(~is_ahead)
    found = await session.execute(rows, {"at": at, "via": channel, "most": limit})
    return [Due(delivery, subscription) for delivery, subscription in found.all()]


async def take_turn(session: AsyncSession, endpoint: str, pace: EndpointPace, at: datetime) -> bool:
    """Take one turn to write to an endpoint, if it has one left now: the generic cell rate algorithm (ITU-T I.371), one
    row an endpoint. Another transaction that asks for the same waits for the end of this one."""
    interval, ahead = timedelta(seconds=pace.interval_s), timedelta(seconds=pace.ahead_s)
    row = insert(PaceKept).values(endpoint=endpoint, free_at=at + interval)
    taken = row.on_conflict_do_update(
        index_elements=[PaceKept.endpoint],
        set_={"free_at": func.greatest(PaceKept.free_at, at) + interval},
        where=PaceKept.free_at <= at + ahead,
    )
    return (await session.execute(taken.returning(PaceKept.endpoint))).first() is not None


async def lease(session: AsyncSession, delivery_ids: Collection[UUID], until: datetime) -> None:
    await session.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(leased_until=until))


async def locked(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    return await session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)


async def locked_many(session: AsyncSession, delivery_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """By id, locked in one order by everybody; without those that are gone."""
    rows = select(Delivery).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id).with_for_update()
    found = await session.scalars(rows, execution_options={"populate_existing": True})
    return {delivery.id: delivery for delivery in found}


async def own(
    session: AsyncSession, organisation: OrganisationKey, delivery_id: UUID, *, lock: bool = False
) -> Delivery:
    """Raises NotFound when there is none, or it is somebody else's."""
    rows = select(Delivery).where(Delivery.id == delivery_id, _owned_by(organisation))
    found = (await session.scalars(rows.with_for_update() if lock else rows)).one_or_none()
    if found is None:
        raise NotFound("You have no such delivery", "您没有这条投递记录")
    return found


async def page(
    session: AsyncSession, organisation: OrganisationKey, filters: DeliveryFilters, wanted: PageRequest
) -> Sequence[Delivery]:
    """Newest first; one more than the page holds, when there is one."""
    rows = select(Delivery).where(_owned_by(organisation))
    if filters.subscription_id is not None:
        rows = rows.where(Delivery.subscription_id == filters.subscription_id)
    if filters.channel is not None:
        rows = rows.where(Delivery.channel == filters.channel)
    if filters.state is not None:
        rows = rows.where(Delivery.state == filters.state)
    if filters.digest_id is not None:
        rows = rows.where(Delivery.digest_id == filters.digest_id)
    if wanted.after is not None:
        rows = rows.where(tuple_(Delivery.created_at, Delivery.id) < wanted.after)
    rows = rows.order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(wanted.limit + 1)
    return (await session.scalars(rows)).all()


def add_attempt(session: AsyncSession, attempt: Attempt) -> None:
    session.add(attempt)


async def attempts_of(session: AsyncSession, delivery_id: UUID) -> Sequence[Attempt]:
    """Oldest first."""
    rows = select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.at, Attempt.id)
    return (await session.scalars(rows)).all()


def _may(action: DeliveryAction) -> ColumnElement[bool]:
    return Delivery.state.in_(LIFE.before(action))


async def hold(session: AsyncSession, subscription_id: UUID) -> None:
    holdable = and_(Delivery.subscription_id == subscription_id, _may(DeliveryAction.HOLD))
    await _change(session, holdable, {"state": LIFE.after(DeliveryAction.HOLD)})


async def release(session: AsyncSession, subscription_id: UUID, at: datetime) -> None:
    """Let what was held go, now."""
    held = and_(Delivery.subscription_id == subscription_id, _may(DeliveryAction.RELEASE))
    await _change(session, held, {"state": LIFE.after(DeliveryAction.RELEASE), "due_at": at})
    await wake(session)


async def reconsider(session: AsyncSession, subscription_id: UUID, at: datetime) -> None:
    """Have the sender ask anew when what has not been tried yet may go: its subscription has changed."""
    own = Delivery.subscription_id == subscription_id
    collected = and_(own, Delivery.state == DeliveryState.COLLECTED)
    untried = and_(own, Delivery.state == DeliveryState.PENDING, Delivery.failures_count == 0, Delivery.due_at > at)
    is_now_due = or_(collected, untried)
    await _change(session, is_now_due, {"state": LIFE.after(DeliveryAction.RELEASE), "due_at": at})
    await wake(session)


async def abandon_open(session: AsyncSession, subscription_id: UUID, reason: str, at: datetime) -> None:
    those = and_(Delivery.subscription_id == subscription_id, _may(DeliveryAction.ABANDON))
    await _change(session, those, _abandoned(reason, at))


async def abandon_news(session: AsyncSession, subscription_id: UUID, news_type: str, reason: str, at: datetime) -> None:
    """Of one kind, for one subscription, as far as it is open."""
    those = and_(Delivery.subscription_id == subscription_id, Delivery.news_type == news_type)
    await _change(session, and_(those, _may(DeliveryAction.ABANDON)), _abandoned(reason, at))


async def abandon_held(session: AsyncSession, reason: str, at: datetime, *, older_than: datetime, limit: int) -> int:
    """What has been held for longer, `limit` of them at most; how many."""
    held = and_(Delivery.state == DeliveryState.HELD, Delivery.created_at < older_than)
    return await _change(session, held, _abandoned(reason, at), limit=limit)


def _abandoned(reason: str, at: datetime) -> dict[str, Any]:
    return {"state": LIFE.after(DeliveryAction.ABANDON), "reason": reason, "due_at": None, "settled_at": at}


async def _change(
    session: AsyncSession, those: ColumnElement[bool], change: dict[str, Any], *, limit: int | None = None
) -> int:
    """Locked in the order of `locked_many`, so that nobody waits for another in a circle."""
    ordered = select(Delivery.id).where(those).order_by(Delivery.id).limit(limit).with_for_update().cte("locked")
    changed = update(Delivery).where(Delivery.id.in_(select(ordered.c.id))).values(change).returning(Delivery.id)
    return len((await session.scalars(changed)).all())


async def forget(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Drop deliveries settled before; their attempts go with the attempts of that time."""
    return await forget_some(session, Delivery, Delivery.settled_at < before, limit)


async def forget_matches(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Drop versions of matches not heard of since."""
    return await forget_some(session, KnownMatch, KnownMatch.arrived_at < before, limit)


async def forget_paces(session: AsyncSession, before: datetime, *, limit: int) -> int:
    return await forget_some(session, PaceKept, PaceKept.free_at < before, limit)


def _owned_by(organisation: OrganisationKey) -> ColumnElement[bool]:
    return and_(Delivery.organisation_scheme == organisation.scheme, Delivery.organisation_code == organisation.code)


async def take_places(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Number deliveries in the inboxes of their organisations, and wake whoever reads there when this is committed.

    One transaction at a time gives numbers, each after all before: so whoever has read up to one will find nothing new
    before it, whatever was committed in which order.
    """
    if not deliveries:
        return
    await session.execute(select(func.pg_advisory_xact_lock(PLACES_LOCK)))
    for delivery in deliveries:
        delivery.place = (await session.scalars(select(PLACES.next_value()))).one()
    for key in {delivery.organisation for delivery in deliveries}:
        await session.execute(select(func.pg_notify(INBOX, written(key))))


async def last_place(session: AsyncSession, organisation: OrganisationKey) -> int:
    """The newest number in an organisation's inbox, 0 in an empty one."""
    placed = select(func.max(Delivery.place)).where(_owned_by(organisation), Delivery.place.is_not(None))
    return (await session.scalars(placed)).one() or 0


async def placed_after(
    session: AsyncSession, organisation: OrganisationKey, place: int, *, limit: int
) -> Sequence[Delivery]:
    """In the order of their numbers."""
    rows = select(Delivery).where(_owned_by(organisation), Delivery.place.is_not(None), Delivery.place > place)
    return (await session.scalars(rows.order_by(Delivery.place).limit(limit))).all()


@dataclass(frozen=True)
class Arrivals:
    """`woken` is set whenever deliveries become due by somebody's act, rather than by the clock."""

    woken: asyncio.Event
    connection: "asyncpg.Connection[asyncpg.Record]"

    def check(self) -> None:
        """Raises Unavailable once notifications can no longer arrive."""
        if self.connection.is_closed():
            raise Unavailable("The database closed the connection that brings notifications")


@asynccontextmanager
async def arrivals(dsn: str) -> AsyncIterator[Arrivals]:
    woken = asyncio.Event()
    async with listening(dsn, NOTIFICATION, lambda _: woken.set()) as connection:
        connection.add_termination_listener(lambda _: woken.set())
        yield Arrivals(woken, connection)


@asynccontextmanager
async def listening(
    dsn: str, name: str, hear: Callable[[str], None]
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection by which notifications of PostgreSQL come; `hear` gets what each says."""
    try:
        connection = await asyncpg.connect(dsn, timeout=3, command_timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable("The database does not answer") from error
    try:
        await connection.add_listener(name, lambda *said: hear(str(said[-1])))
        yield connection
    finally:
        await connection.close(timeout=2)
