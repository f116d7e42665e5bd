"""Keeps dockings true to the times that can still be taken in them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import DockingState, SlotsOffered
from matcher.acts import acting
from matcher.acts.acting import Acting, Done
from matcher.dockings import moving
from matcher.dockings import repository as dockings
from matcher.dockings.meetings import repository, rules
from matcher.dockings.models import Docking
from matcher.dockings.moving import DockingSeat
from matcher.mandates.rules import Power

GONE, FREE, PAST = "slot_gone", "slot_free", "slots_past"
"""What is put on record of a docking whose times changed by no act of its sides."""


async def seat(
    session: AsyncSession, who: Acting, docking_id: UUID, power: Power, slot_id: UUID | None = None
) -> tuple[DockingSeat, list[Docking]]:
    """A docking of the party acted for, as `moving.seat` has it, and the other dockings in which the time of its
    meeting or `slot_id` is offered: all locked, in one order. Raises NotFound too for a time not offered in it."""
    # Unlocked first: who may do nothing here holds nobody up.
    await moving.seat(session, who, docking_id, power, lock=False)
    if slot_id is not None:
        await repository.slot_in(session, docking_id, slot_id, lock=False)
    others = await lock_others(session, docking_id, slot_id)
    return await moving.seat(session, who, docking_id, power), others


async def lock_others(session: AsyncSession, docking_id: UUID, slot_id: UUID | None = None) -> list[Docking]:
    """Lock a docking, and those in which the time of its meeting or `slot_id` is offered, in the order of their ids;
    returns the latter. Raises NotAllowedNow when its meeting was moved meanwhile, to a time of yet other dockings."""
    needed = await _concerned(session, docking_id, slot_id)
    everywhere = await dockings.locked(session, needed)
    if await _concerned(session, docking_id, slot_id) - needed:
        raise rules.moved_meanwhile()
    return [each for each in everywhere if each.id != docking_id]


async def _concerned(session: AsyncSession, docking_id: UUID, slot_id: UUID | None) -> set[UUID]:
    held = await repository.arranged(session, docking_id)
    slots = {each for each in (slot_id, held.slot_id if held else None) if each is not None}
    return {docking_id, *await repository.dockings_of(session, slots)}


async def look(session: AsyncSession, docking: Docking, at: datetime) -> None:
    """Note whose offer of times stands in a docking, the newest when both sides have offered, and until when."""
    free = await repository.free(session, docking.id, at)
    docking.slots_by = max(free, key=lambda slot: (slot.offered_at, slot.id)).side if free else None
    docking.slots_until = max((slot.starts_at for slot in free), default=None)


async def tell(session: AsyncSession, others: Sequence[Docking], slot_id: UUID, action: str, at: datetime) -> None:
    """A time that is gone or free again is so in the other dockings too. They hear of it, not of who has or had it."""
    concerned = await repository.dockings_of(session, {slot_id})
    for docking in others:
        if docking.id in concerned and docking.state is DockingState.OPENED:
            await look_again(session, docking, action, at)


async def look_again(session: AsyncSession, docking: Docking, action: str, at: datetime) -> None:
    """Look at an opened docking and announce it; its clock is set anew only when something else is next now."""
    await look(session, docking, at)
    moving.wind_if_new(docking, at)
    done = Done(moving.NOUN, docking.id, action, docking.state, docking.state)
    moving.announce(session, docking, acting.record(session, Acting(at), done), SlotsOffered)
