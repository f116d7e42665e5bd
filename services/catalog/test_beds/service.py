"""What hosts do with test beds, and how seats in their slots are taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from catalog.test_beds import repository, rules
from catalog.test_beds.filters import TestBedFilters
from catalog.test_beds.models import TestBed, TestSlot
from catalog.test_beds.repository import SlotTimes
from catalog.test_beds.rules import TestBedAction, TestBedParty
from catalog.test_beds.schemas import TestBedContent, TestBedOut, TestSlotOut, TestSlotsIn
from common.errors import NotFound
from common.pagination import PageRequest


def _text(bed: TestBed) -> dict[str, Any]:
    return TestBedOut.model_validate(bed).model_dump(mode="json")


TEST_BEDS = Records(TestBed, rules.LIFE, by_owner(TestBedParty.HOST), _text)


async def open_(changing: Changing, content: TestBedContent) -> TestBed:
    """A test bed for everyone to see; validations are asked for at once, and scheduled once it has slots."""
    return await TEST_BEDS.begin(changing, TestBedParty.HOST, **_columns(content))


def _columns(content: TestBedContent) -> dict[str, Any]:
    return {**content.model_dump(), "measures": list(content.measures)}


async def replace(changing: Changing, bed_id: UUID, content: TestBedContent, expected: int) -> TestBed:
    """What it says from now on; slots that were offered keep the capacity they have."""
    async with TEST_BEDS.step(changing, bed_id, TestBedAction.REPLACE, expected=expected) as bed:
        for name, value in _columns(content).items():
            setattr(bed, name, value)
    return bed


async def offer_slots(changing: Changing, bed_id: UUID, wanted: TestSlotsIn) -> list[TestSlotOut]:
    """Slots of the bed's present capacity. Raises NotAllowedNow when one overlaps another; then none is offered."""
    rules.refuse_faulty(wanted.slots, changing.at)
    offered = []
    async with TEST_BEDS.step(changing, bed_id, TestBedAction.OFFER_SLOTS) as bed:
        for each in wanted.slots:
            slot = await repository.offer(changing.session, bed, SlotTimes(each.starts_at, each.ends_at))
            if slot is None:
                raise rules.overlapping(each)
            offered.append(_new(slot))
    return offered


def _new(slot: TestSlot) -> TestSlotOut:
    fields = {name: getattr(slot, name) for name in TestSlotOut.model_fields if name != "free_count"}
    return TestSlotOut(**fields, free_count=slot.capacity)


async def withdraw_slot(changing: Changing, bed_id: UUID, slot_id: UUID) -> None:
    """Offer it no more. Raises NotAllowedNow once somebody has a seat."""
    async with TEST_BEDS.step(changing, bed_id, TestBedAction.WITHDRAW_SLOT):
        if await repository.slot(changing.session, bed_id, slot_id) is None:
            raise _no_such_slot()
        if not await repository.withdraw(changing.session, slot_id):
            raise rules.taken()


async def take(changing: Changing, bed_id: UUID, action: str, reason: str | None) -> TestBed:
    """A step that changes nothing else."""
    async with TEST_BEDS.step(changing, bed_id, action, reason) as bed:
        pass
    return bed


async def page(session: AsyncSession, wanted: PageRequest, filters: TestBedFilters) -> Sequence[TestBed]:
    return await TEST_BEDS.page(session, wanted, *repository.listed(filters))


async def slots(session: AsyncSession, bed_id: UUID, at: datetime, wanted: PageRequest) -> list[TestSlotOut]:
    """Those that are not over, the first to begin first."""
    await TEST_BEDS.read(session, None, bed_id)
    rows = await repository.slots(session, bed_id, at, wanted)
    return [TestSlotOut.model_validate(row) for row in rows]


async def seat(changing: Changing, bed_id: UUID, slot_id: UUID, holder_id: UUID) -> TestSlot:
    """A seat for a validation, in place of the one it has. Raises NotAllowedNow naming what is free when none is."""
    session, _, at = changing
    slot = await repository.slot(session, bed_id, slot_id)
    if slot is None:
        raise _no_such_slot()
    rules.refuse_begun(slot, at)
    await repository.release(session, holder_id)
    if await repository.take(session, slot, holder_id) is None:
        rows = await repository.free(session, bed_id, at, rules.MOST_NAMED)
        raise rules.full([(str(one.id), one.starts_at) for one in map(TestSlotOut.model_validate, rows)])
    return slot


async def release(session: AsyncSession, holder_id: UUID) -> None:
    """Give a seat back, if there is one."""
    await repository.release(session, holder_id)


async def held(session: AsyncSession, holder_id: UUID) -> TestSlot | None:
    return await repository.held(session, holder_id)


def _no_such_slot() -> NotFound:
    return NotFound("The test bed has no such slot", "该测试场没有这个时段")
