"""The look-ups of suppressions."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notify.suppressions.models import Suppression
from notify.suppressions.rules import AddressKind, SuppressionReason


async def add(session: AsyncSession, suppression: Suppression) -> bool:
    """False when it is on the list already; what is there stays as it is."""
    columns = [column.key for column in Suppression.__table__.columns]
    row = insert(Suppression).values({name: getattr(suppression, name) for name in columns})
    return (await session.execute(row.on_conflict_do_nothing().returning(Suppression.hash))).first() is not None


async def found(session: AsyncSession, hashes: Collection[str]) -> Suppression | None:
    rows = select(Suppression).where(Suppression.hash.in_(hashes))
    return (await session.scalars(rows.order_by(Suppression.suppressed_at).limit(1))).first()


async def remove(session: AsyncSession, hashes: Collection[str]) -> int:
    gone = delete(Suppression).where(Suppression.hash.in_(hashes)).returning(Suppression.hash)
    return len((await session.execute(gone)).all())


async def counts(session: AsyncSession) -> Sequence[tuple[AddressKind, SuppressionReason, int]]:
    rows = select(Suppression.kind, Suppression.reason, func.count()).group_by(Suppression.kind, Suppression.reason)
    return [(kind, reason, count) for kind, reason, count in await session.execute(rows)]


async def count_beyond(session: AsyncSession, key_ids: Collection[str]) -> int:
    """How many were hashed with another key than these, and so are found no more."""
    rows = select(func.count()).select_from(Suppression).where(Suppression.key_id.not_in(key_ids))
    return (await session.scalars(rows)).one()
