"""SQL of concerns."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Executable, Table, Text, case, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.arrays import rows_of, values_of
from common.fields import OrganisationKey
from common.forgetting import forget_some
from notify.concerns.models import Concern
from notify.concerns.rules import Heard


def _note() -> Executable:
    kinds = {column.key: _PLAIN.get(column.key, column.type) for column in _TABLE.c}
    row = insert(_TABLE).from_select(list(kinds), select(rows_of("heard", kinds)))
    new, old = row.excluded, _TABLE.c
    began_at = case((old.ended_at.is_(None), old.began_at), else_=new.began_at)
    return row.on_conflict_do_update(
        index_elements=[old.source, old.source_id],
        set_={"version": new.version, "began_at": began_at, "ended_at": new.ended_at},
        where=old.version < new.version,
    )


_TABLE = cast(Table, Concern.__table__)
_PLAIN = {"source": Text()}
"""Types of values that go as they are."""
_NOTE = _note()


async def note(session: AsyncSession, heard: Heard, at: datetime) -> None:
    """Remember what was announced at a moment, unless a newer version was heard of before."""
    await note_many(session, [(heard, at)])


async def note_many(session: AsyncSession, announced: Iterable[tuple[Heard, datetime]]) -> None:
    """The same for many, none of one match, docking or solution twice."""
    # In one order, as locks are taken.
    ordered = sorted(announced, key=lambda each: (each[0].source, each[0].source_id))
    heard = [each for each, _ in ordered]
    columns: dict[str, list[Any]] = {
        "source": [str(each.source) for each in heard],
        "source_id": [each.source_id for each in heard],
        "version": [each.version for each in heard],
        "demand_id": [each.demand_id for each in heard],
        "organisation_scheme": [each.organisation.scheme for each in heard],
        "organisation_code": [each.organisation.code for each in heard],
        "began_at": [at for _, at in ordered],
        "ended_at": [None if each.does_hold else at for each, at in ordered],
    }
    await session.execute(_NOTE, values_of("heard", columns))


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
