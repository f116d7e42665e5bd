"""SQL of concerns."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from notify.concerns.models import Concern
from notify.concerns.rules import Heard


async def note(session: AsyncSession, heard: Heard, at: datetime) -> None:
    """Remember what was announced at a moment, unless a newer version was heard of before."""
    row = insert(Concern).values(
        source=heard.source,
        source_id=heard.source_id,
        version=heard.version,
        demand_id=heard.demand_id,
        organisation_scheme=heard.organisation.scheme,
        organisation_code=heard.organisation.code,
        began_at=at,
        ended_at=None if heard.does_hold else at,
    )
    new = row.excluded
    began_at = case((Concern.ended_at.is_(None), Concern.began_at), else_=new.began_at)
    newer = row.on_conflict_do_update(
        index_elements=[Concern.source, Concern.source_id],
        set_={"version": new.version, "began_at": began_at, "ended_at": new.ended_at},
        where=Concern.version < new.version,
    )
    await session.execute(newer)


async def concerned(session: AsyncSession, demand_id: UUID, at: datetime) -> set[OrganisationKey]:
    """Whom a demand concerned at a moment, as far as that was heard of by now."""
    return {row.organisation for row in await concerning(session, demand_id, at)}


async def concerning(session: AsyncSession, demand_id: UUID, at: datetime) -> Sequence[Concern]:
    """Whom it concerned, and by what."""
    held = (Concern.began_at <= at, or_(Concern.ended_at.is_(None), Concern.ended_at > at))
    return (await session.scalars(select(Concern).where(Concern.demand_id == demand_id, *held))).all()


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop what ended before."""
    await session.execute(delete(Concern).where(Concern.ended_at < before))
