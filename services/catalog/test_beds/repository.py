"""SQL of test beds, of their slots and of the seats in these."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.test_beds.filters import TestBedFilters
from catalog.test_beds.models import SlotSeat, TestBed, TestSlot
from common.clock import new_id
from common.pagination import PageRequest

_TAKEN = select(func.count()).where(SlotSeat.slot_id == TestSlot.id).scalar_subquery()
_COLUMNS = (TestSlot.id, TestSlot.test_bed_id, TestSlot.starts_at, TestSlot.ends_at, TestSlot.capacity)


class SlotTimes(NamedTuple):
    starts_at: datetime
    ends_at: datetime


def listed(filters: TestBedFilters) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    for name, value in filters:
        if value is not None:
            yield getattr(TestBed, name) == value


async def offer(session: AsyncSession, bed: TestBed, times: SlotTimes) -> TestSlot | None:
    """A new slot; None when another of the bed overlaps it."""
    fields = {"id": new_id(), "test_bed_id": bed.id, "bed_number": bed.number, "capacity": bed.capacity}
    row = insert(TestSlot).values(**fields, **times._asdict()).on_conflict_do_nothing().returning(TestSlot)
    return (await session.scalars(row)).one_or_none()


async def slot(session: AsyncSession, bed_id: UUID, slot_id: UUID) -> TestSlot | None:
    wanted = select(TestSlot).where(TestSlot.id == slot_id, TestSlot.test_bed_id == bed_id)
    return (await session.scalars(wanted)).one_or_none()


async def slots(session: AsyncSession, bed_id: UUID, at: datetime, wanted: PageRequest) -> list[Row[Any]]:
    """Up to `limit + 1` that end after `at`, the first to begin first."""
    rows: Select[Any] = _shown().where(TestSlot.test_bed_id == bed_id, TestSlot.ends_at > at)
    if wanted.after:
        rows = rows.where(tuple_(TestSlot.starts_at, TestSlot.id) > wanted.after)
    return list(await session.execute(rows.limit(wanted.limit + 1)))


async def free(session: AsyncSession, bed_id: UUID, at: datetime, most: int) -> list[Row[Any]]:
    """Those that begin after `at` and have a free seat, the first to begin first."""
    rows: Select[Any] = _shown().where(
        TestSlot.test_bed_id == bed_id, TestSlot.starts_at > at, TestSlot.capacity > _TAKEN
    )
    return list(await session.execute(rows.limit(most)))


def _shown() -> Any:
    columns = (*_COLUMNS, (TestSlot.capacity - _TAKEN).label("free_count"))
    return select(*columns).order_by(TestSlot.starts_at, TestSlot.id)


async def take(session: AsyncSession, wanted: TestSlot, holder_id: UUID) -> int | None:
    """The lowest free seat of a slot, now the holder's; None when none is free.

    Who takes the same seat at the same moment waits here for the other's commit, gets nothing from this statement, and
    tries the next.
    """
    for seat in range(1, wanted.capacity + 1):
        row = insert(SlotSeat).values(slot_id=wanted.id, seat=seat, capacity=wanted.capacity, holder_id=holder_id)
        unless_taken = row.on_conflict_do_nothing(index_elements=["slot_id", "seat"]).returning(SlotSeat.seat)
        if (await session.scalars(unless_taken)).one_or_none() is not None:
            return seat
    return None


async def release(session: AsyncSession, holder_id: UUID) -> None:
    await session.execute(delete(SlotSeat).where(SlotSeat.holder_id == holder_id))


async def held(session: AsyncSession, holder_id: UUID) -> TestSlot | None:
    """The slot that a validation has a seat in."""
    wanted = select(TestSlot).join(SlotSeat, SlotSeat.slot_id == TestSlot.id).where(SlotSeat.holder_id == holder_id)
    return (await session.scalars(wanted)).one_or_none()


async def withdraw(session: AsyncSession, slot_id: UUID) -> bool:
    """Whether the slot is gone now: nobody has a seat in it."""
    lock = select(TestSlot.id).where(TestSlot.id == slot_id).with_for_update()
    await session.execute(lock)
    empty = delete(TestSlot).where(TestSlot.id == slot_id, ~exists().where(SlotSeat.slot_id == slot_id))
    return (await session.scalars(empty.returning(TestSlot.id))).one_or_none() is not None
