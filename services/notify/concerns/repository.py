"""SQL of concerns."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, case, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.arrays import Columns, rows_of
from common.fields import OrganisationKey
from common.forgetting import forget_some
from notify.concerns.models import Concern
from notify.concerns.rules import Heard


async def note(session: AsyncSession, heard: Heard, at: datetime) -> None:
    """Remember what was announced at a moment, unless a newer version was heard of before."""
    await note_many(session, [(heard, at)])


async def note_many(session: AsyncSession, announced: Iterable[tuple[Heard, datetime]]) -> None:
    """The same for many, none of one match, docking or solution twice."""
    # In one order, as locks are taken.
    ordered = sorted(announced, key=lambda each: (each[0].source, each[0].source_id))
    heard, times = [each for each, _ in ordered], [at for _, at in ordered]
    columns: Columns = {
        "source": (Text(), [str(each.source) for each in heard]),
        "source_id": (Uuid(), [each.source_id for each in heard]),
        "version": (Integer(), [each.version for each in heard]),
        "demand_id": (Uuid(), [each.demand_id for each in heard]),
        "organisation_scheme": (Text(), [each.organisation.scheme for each in heard]),
        "organisation_code": (Text(), [each.organisation.code for each in heard]),
        "began_at": (DateTime(timezone=True), times),
        "ended_at": (DateTime(timezone=True), [None if each.does_hold else at for each, at in ordered]),
    }
    row = insert(Concern).from_select(list(columns), select(rows_of("heard", columns)))
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


async def forget(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Drop what ended before."""
    return await forget_some(session, Concern, Concern.ended_at < before, limit)
