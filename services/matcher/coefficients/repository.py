"""SQL of learnt coefficients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from matcher.coefficients.models import Coefficients

LOCK_ID = 7_215_004
"""Advisory lock of whoever switches coefficients."""


async def active(session: AsyncSession) -> Coefficients | None:
    """None while the shipped coefficients are in use."""
    return await session.scalar(select(Coefficients).where(Coefficients.is_active))


async def active_version(session: AsyncSession) -> str | None:
    return await session.scalar(select(Coefficients.version).where(Coefficients.is_active))


async def hold(session: AsyncSession) -> None:
    """Keep everybody else from switching until the caller's transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK_ID)))


async def switch(session: AsyncSession, content: Mapping[str, Any], at: datetime) -> None:
    """Make these coefficients the active ones; those before them are kept."""
    await session.execute(update(Coefficients).where(Coefficients.is_active).values(is_active=False))
    fresh = insert(Coefficients).values(
        version=content["version"], document=dict(content), is_active=True, created_at=at
    )
    again = {"document": fresh.excluded.document, "is_active": True, "created_at": fresh.excluded.created_at}
    await session.execute(fresh.on_conflict_do_update(index_elements=["version"], set_=again))
