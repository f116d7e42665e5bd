"""The look-ups and changes of deliveries that wait for a digest."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, and_, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.deadlines import DeadlineRow
from notify.deliveries.models import Delivery, KnownMatch
from notify.deliveries.rules import DeliveryState
from notify.digests.rules import Collected

CAP_LOCK = 7_215_004
"""Advisory locks on what one subscription was sent in a month; the second half of their key is a hash of its id."""


async def lock_cap(session: AsyncSession, subscription_id: UUID) -> None:
    """Let nobody else count towards its cap before the transaction ends."""
    key = func.hashtext(str(subscription_id))
    await session.execute(select(func.pg_advisory_xact_lock(CAP_LOCK, key)))


async def admitted_count(session: AsyncSession, subscription_id: UUID, month: date) -> int:
    """Messages of a subscription that count towards the cap of a month."""
    rows = select(func.count()).select_from(Delivery)
    return (
        await session.scalars(rows.where(Delivery.subscription_id == subscription_id, Delivery.admitted_on == month))
    ).one()


async def collected(session: AsyncSession, subscription_id: UUID, *, limit: int) -> list[Collected]:
    """What waits for the digest of a subscription, the longest waiting first."""
    is_current = func.coalesce(Delivery.match["is_current"].astext.cast(Boolean), True)
    columns = (Delivery.id, Delivery.match_id, Delivery.match_version, is_current)
    waiting = and_(Delivery.subscription_id == subscription_id, Delivery.state == DeliveryState.COLLECTED)
    rows = select(*columns).where(waiting).order_by(Delivery.created_at, Delivery.id).limit(limit)
    return [Collected(*row) for row in await session.execute(rows)]


async def lapsed(session: AsyncSession, match_ids: Collection[UUID]) -> set[UUID]:
    """Which of these matches hold no longer."""
    rows = select(KnownMatch.match_id).where(KnownMatch.match_id.in_(match_ids), KnownMatch.match.is_(None))
    return set(await session.scalars(rows))


async def told_before(session: AsyncSession, subscription_id: UUID, match_ids: Collection[UUID]) -> set[UUID]:
    """Of which of these matches a subscription was told, in a digest or singly."""
    told = and_(
        Delivery.subscription_id == subscription_id,
        Delivery.match_id.in_(match_ids),
        Delivery.match_version.is_not(None),
        Delivery.state.in_((DeliveryState.SENT, DeliveryState.GATHERED)),
    )
    return {found for found in await session.scalars(select(Delivery.match_id).where(told).distinct()) if found}


async def every(session: AsyncSession, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """In the order of their ids as given."""
    rows = {each.id: each for each in await session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids)))}
    return [rows[each] for each in delivery_ids]


async def settle(
    session: AsyncSession,
    delivery_ids: Collection[UUID],
    state: DeliveryState,
    at: datetime,
    *,
    digest_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    change = {"state": state, "digest_id": digest_id, "reason": reason, "due_at": None, "settled_at": at}
    rows = update(Delivery).where(Delivery.id.in_(delivery_ids)).values(change)
    await session.execute(rows, execution_options={"synchronize_session": False})


async def postpone(session: AsyncSession, subscription_id: UUID, until: datetime) -> None:
    """Say when what is collected will be told."""
    waiting = and_(Delivery.subscription_id == subscription_id, Delivery.state == DeliveryState.COLLECTED)
    await session.execute(update(Delivery).where(waiting).values(due_at=until))


async def unplanned(session: AsyncSession, what: str) -> list[tuple[UUID, datetime]]:
    """Subscriptions for which something is collected and nothing is due, each with the moment it was to be told."""
    planned = exists().where(DeadlineRow.what == what, DeadlineRow.key == Delivery.subscription_id)
    rows = select(Delivery.subscription_id, func.min(func.coalesce(Delivery.due_at, Delivery.created_at))).where(
        Delivery.state == DeliveryState.COLLECTED, ~planned
    )
    return [(key, due_at) for key, due_at in await session.execute(rows.group_by(Delivery.subscription_id))]
