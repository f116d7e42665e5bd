"""The clock of dockings: reminds before a step is due and on the day, ends what nobody answers, counts again when the
holidays of a year are published. Due days stand in the table, so a restart forgets none."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import dropwhile
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import DockingReminded
from common.database import Database
from common.runtime import Loop
from common.waiting import first_of
from matcher.acts import acting
from matcher.acts.acting import Acting, Done, Why
from matcher.calendar import working_days
from matcher.dockings import moving, repository, rules
from matcher.dockings.meetings import offers
from matcher.dockings.meetings import repository as meetings
from matcher.dockings.meetings.calling_off import call_off
from matcher.dockings.models import Docking
from matcher.dockings.moving import NOUN, DockingSeat
from matcher.dockings.rules import AlarmKind, DockingAction

log = structlog.get_logger()
POLL_S = 20.0
LEASE = timedelta(minutes=10)
"""How long a docking taken in hand is left alone when what its alarm is for fails."""
NO_ANSWER = "no_answer"


def ticking(database: Database, now: Callable[[], datetime]) -> Loop:
    """Each alarm is one transaction; several workers share them."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            if await ring(database, now()):
                continue
            async with database.begin() as session:
                has_counted = await recount(session, now())
            if not has_counted:
                await first_of(stop, within_s=POLL_S)

    return loop


async def ring(database: Database, at: datetime) -> bool:
    """Do what one due alarm is for; whether there was one. What fails is tried again after LEASE, behind the others."""
    until = at + LEASE
    async with database.begin() as session:
        docking_id = await repository.claim(session, at, until)
    if docking_id is None:
        return False
    try:
        async with database.begin() as session:
            await _ring(session, docking_id, until, at)
    # An alarm's edge: whatever broke, the others ring.
    except Exception as error:
        log.warning("docking_alarm_failed", docking=str(docking_id), exc_info=error)
    return True


async def _ring(session: AsyncSession, docking_id: UUID, until: datetime, at: datetime) -> None:
    others = await offers.lock_others(session, docking_id)
    docking = await repository.claimed(session, docking_id, until)
    if docking is None:
        return
    if docking.step == rules.TAKE_SLOT and not await meetings.free(session, docking.id, at):
        await offers.look_again(session, docking, offers.PAST, at)
        return
    alarms = moving.alarms(docking)
    left = [*dropwhile(lambda alarm: alarm.kind is not docking.alarm, alarms)]
    # The last whose time has come: what was slept through is not made up for.
    rung = next((alarm for alarm in reversed(left) if alarm.at <= at), None)
    if rung is None:
        # Looked at for its times alone, or holidays that were published since have moved it.
        await offers.look(session, docking, at)
        moving.set_alarm(docking, left[0])
    elif rung.kind is AlarmKind.LAPSE:
        docking.failure_reason = NO_ANSWER
        await call_off(session, docking, others, at)
        moving.move(session, DockingSeat(docking, None, Acting(at)), DockingAction.LAPSE, Why(NO_ANSWER))
    else:
        following = alarms[alarms.index(rung) + 1]
        moving.set_alarm(docking, following)
        _remind(session, docking, rung.kind, at)


def _remind(session: AsyncSession, docking: Docking, kind: str, at: datetime) -> None:
    done = Done(NOUN, docking.id, f"remind_{kind}", docking.state, docking.state)
    moving.announce(session, docking, acting.record(session, Acting(at), done), DockingReminded)


async def recount(session: AsyncSession, at: datetime) -> bool:
    """Count one due day again that was counted before holidays now published were known; whether there was one. Both
    sides hear of it when it moves."""
    docking = await repository.miscounted(session, working_days.published().last_year)
    if docking is None:
        return False
    before = docking.due_on
    moving.count(docking, at)
    if docking.due_on != before:
        done = Done(NOUN, docking.id, "recount", docking.state, docking.state)
        moving.announce(session, docking, acting.record(session, Acting(at), done), DockingReminded)
    return True
