"""SQL of objections."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.matching.models import Ranking
from matcher.objections.filters import ObjectionFilters
from matcher.objections.models import IS_OPEN, FiledObjection
from matcher.subjects.kind import SubjectKind


async def add(session: AsyncSession, objection: FiledObjection) -> bool:
    """Store a new one; False when the organisation has one on the same that is open."""
    values = {column.key: getattr(objection, column.key) for column in FiledObjection.__table__.columns}
    once = insert(FiledObjection).values(values).on_conflict_do_nothing()
    return (await session.execute(once.returning(FiledObjection.id))).first() is not None


async def standing(session: AsyncSession, objection: FiledObjection) -> UUID | None:
    """The open one that keeps another from being added."""
    same = [
        getattr(FiledObjection, name) == getattr(objection, name)
        for name in ("objector_scheme", "objector_code", "subject", "demand_id")
    ]
    found: UUID | None = await session.scalar(select(FiledObjection.id).where(IS_OPEN, *same))
    return found


async def find(session: AsyncSession, objection_id: UUID, *, lock: bool = False) -> FiledObjection:
    """Raises NotFound. `lock` is as `locked` says."""
    found = await (locked(session, objection_id) if lock else session.get(FiledObjection, objection_id))
    if found is None:
        raise NotFound(f"There is no objection {objection_id}", f"没有编号为 {objection_id} 的异议")
    return found


async def locked(session: AsyncSession, objection_id: UUID) -> FiledObjection | None:
    """One that may be gone. Nobody else changes it before this transaction ends; read as it is once the lock is had."""
    fresh = select(FiledObjection).where(FiledObjection.id == objection_id).with_for_update()
    found: FiledObjection | None = await session.scalar(fresh.execution_options(populate_existing=True))
    return found


async def listed(
    session: AsyncSession, filters: ObjectionFilters, mine: OrganisationKey | None, page: PageRequest
) -> Sequence[FiledObjection]:
    """Newest first, one more than the page holds."""
    rows = select(FiledObjection)
    for name in ("state", "subject", "demand_id"):
        if (wanted := getattr(filters, name)) is not None:
            rows = rows.where(getattr(FiledObjection, name) == wanted)
    if mine is not None:
        rows = rows.where(FiledObjection.objector_scheme == mine.scheme, FiledObjection.objector_code == mine.code)
    if page.after:
        rows = rows.where(tuple_(FiledObjection.filed_at, FiledObjection.id) < page.after)
    newest_first = rows.order_by(FiledObjection.filed_at.desc(), FiledObjection.id.desc())
    return (await session.scalars(newest_first.limit(page.limit + 1))).all()


async def keep(session: AsyncSession, ranking_ids: Sequence[UUID]) -> None:
    """No receipt of these is dropped before this transaction ends, however old."""
    held = select(Ranking.id).where(Ranking.id.in_(ranking_ids)).order_by(Ranking.id)
    await session.execute(held.with_for_update(read=True, key_share=True))


async def last_ranking(session: AsyncSession, demand_id: UUID) -> Ranking | None:
    """Kept, as `keep` says."""
    rows = select(Ranking).where(Ranking.subject_kind == SubjectKind.DEMAND, Ranking.subject_id == demand_id)
    newest = rows.order_by(Ranking.created_at.desc(), Ranking.id.desc()).limit(1)
    newest = newest.with_for_update(read=True, key_share=True)
    found: Ranking | None = await session.scalar(newest)
    return found


async def miscounted(session: AsyncSession, last_year: int) -> FiledObjection | None:
    """One whose due day was counted before the holidays of `last_year` were known, locked."""
    rows = select(FiledObjection).where(FiledObjection.is_provisional, FiledObjection.counted_to < last_year).limit(1)
    found: FiledObjection | None = await session.scalar(rows.with_for_update(skip_locked=True))
    return found
