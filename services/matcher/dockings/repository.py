"""SQL of dockings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import DockingState
from common.deadlines import DeadlineRow
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.dockings.filters import DockingFilters
from matcher.dockings.models import NOT_FAILED, Docking

_SECONDS_A_DAY = 86_400


async def add(session: AsyncSession, docking: Docking) -> bool:
    """Store a new docking; False when the match has one that did not fail, whoever opened it, however long ago."""
    values = {column.key: getattr(docking, column.key) for column in Docking.__table__.columns}
    row = insert(Docking).values(values)
    once = row.on_conflict_do_nothing(index_elements=["match_id"], index_where=NOT_FAILED)
    return (await session.execute(once.returning(Docking.id))).first() is not None


async def standing(session: AsyncSession, match_id: UUID) -> Docking | None:
    """The docking of a match that did not fail."""
    return await session.scalar(select(Docking).where(Docking.match_id == match_id, NOT_FAILED))


async def of_party(
    session: AsyncSession, organisation: OrganisationKey, docking_id: UUID, *, lock: bool = False
) -> Docking:
    """A docking with this organisation on a side; NotFound otherwise. `lock` it, and acts on it come one by one."""
    rows = select(Docking).where(Docking.id == docking_id, _has_side(organisation))
    found = await session.scalar(rows.with_for_update().execution_options(populate_existing=True) if lock else rows)
    if found is None:
        raise NotFound(f"You have no docking {docking_id}", f"您没有编号为 {docking_id} 的对接单")
    return found


async def locked(session: AsyncSession, docking_ids: Collection[UUID]) -> Sequence[Docking]:
    """In the order of their ids, so that whoever locks several waits in no circle. Ask first whether the caller may."""
    rows = select(Docking).where(Docking.id.in_(docking_ids)).order_by(Docking.id)
    return (await session.scalars(rows.with_for_update().execution_options(populate_existing=True))).all()


async def listed(
    session: AsyncSession, organisation: OrganisationKey, filters: DockingFilters, page: PageRequest
) -> Sequence[Docking]:
    """Newest first, one more than the page holds."""
    rows = select(Docking).where(_has_side(organisation))
    for name in ("state", "match_id", "demand_id", "profile_id"):
        if (wanted := getattr(filters, name)) is not None:
            rows = rows.where(getattr(Docking, name) == wanted)
    if page.after:
        rows = rows.where(tuple_(Docking.opened_at, Docking.id) < page.after)
    return (
        await session.scalars(rows.order_by(Docking.opened_at.desc(), Docking.id.desc()).limit(page.limit + 1))
    ).all()


async def alarmed(session: AsyncSession, docking_id: UUID) -> Docking | None:
    """One that has a clock, locked."""
    rows = select(Docking).where(Docking.id == docking_id, Docking.alarm_at.is_not(None))
    found: Docking | None = await session.scalar(rows.with_for_update().execution_options(populate_existing=True))
    return found


async def unplanned(session: AsyncSession, what: str) -> list[tuple[UUID, datetime]]:
    """Dockings whose alarm has no deadline of this kind, or one that is later: id and time."""
    same = (DeadlineRow.what == what, DeadlineRow.key == Docking.id, DeadlineRow.due_at <= Docking.alarm_at)
    found = (
        select(Docking.id, Docking.alarm_at)
        .where(Docking.alarm_at.is_not(None), ~exists().where(*same))
        .order_by(Docking.id)
    )
    return [(docking_id, alarm_at) for docking_id, alarm_at in await session.execute(found) if alarm_at]


async def miscounted(session: AsyncSession, last_year: int) -> Docking | None:
    """One whose due day was counted before the holidays of `last_year` were known, locked."""
    rows = select(Docking).where(Docking.is_provisional, Docking.counted_to < last_year).limit(1)
    found: Docking | None = await session.scalar(rows.with_for_update(skip_locked=True))
    return found


def _has_side(organisation: OrganisationKey) -> ColumnElement[bool]:
    scheme, code = organisation.scheme, organisation.code
    return or_(
        and_(Docking.owner_scheme == scheme, Docking.owner_code == code),
        and_(Docking.enterprise_scheme == scheme, Docking.enterprise_code == code),
    )


@dataclass(frozen=True)
class Spans:
    """How long a stretch took, in days: of how many, the median and the 90th percentile; None of none."""

    count: int
    median_days: float | None
    p90_days: float | None


@dataclass(frozen=True)
class DockingCounts:
    """
    states   how many are in each
    reasons  of those that failed
    spans    time from match to docking, from docking to meeting fixed, and to agreement
    """

    states: dict[DockingState, int]
    reasons: dict[str, int]
    spans: dict[str, Spans]


async def counts(session: AsyncSession) -> DockingCounts:
    """Over all dockings there ever were."""
    states = await session.execute(select(Docking.state, func.count()).group_by(Docking.state))
    failed = select(Docking.failure_reason, func.count()).where(Docking.failure_reason.is_not(None))
    reasons = await session.execute(failed.group_by(Docking.failure_reason))
    is_agreed = Docking.state == DockingState.AGREED
    spans = {
        "match_to_docking": await _span(
            session, Docking.opened_at - Docking.matched_at, Docking.opened_at.is_not(None)
        ),
        "docking_to_meeting": await _span(
            session, Docking.first_meeting_at - Docking.opened_at, Docking.first_meeting_at.is_not(None)
        ),
        "docking_to_agreement": await _span(session, Docking.ended_at - Docking.opened_at, is_agreed),
    }
    return DockingCounts(dict(states.all()), dict(reasons.all()), spans)  # type: ignore[arg-type]


async def _span(session: AsyncSession, took: ColumnElement[Any], those: ColumnElement[bool]) -> Spans:
    days = func.extract("epoch", took) / _SECONDS_A_DAY
    median, p90 = (func.percentile_cont(share).within_group(days) for share in (0.5, 0.9))
    return Spans(*(await session.execute(select(func.count(), median, p90).where(those))).one())
