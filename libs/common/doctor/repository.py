"""What the doctor asks a service's database that no other part needs to know."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.outbox import LOCK_ID


async def moment(session: AsyncSession) -> datetime:
    """The database's own time at this statement, aware."""
    told: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return told


async def has_relay(session: AsyncSession) -> bool:
    """Whether some process holds the lock of this database's one relay, that is, whether `work` runs."""
    held = text(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :id AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    return bool(await session.scalar(held, {"id": LOCK_ID}))
