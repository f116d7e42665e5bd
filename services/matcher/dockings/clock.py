"""The clock of dockings: reminds before a step is due and on the day, ends what nobody answers, counts again when the
holidays of a year are published. Due days stand in the table, so a restart forgets none."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import DockingReminded
from common.database import Database
from common.runtime import Loop
from common.waiting import first_of
from matcher.acts import acting
from matcher.acts.acting import Acting, Done, Why
from matcher.calendar import working_days
from matcher.dockings import moving, repository, rules
from matcher.dockings.models import Docking
from matcher.dockings.moving import NOUN, DockingSeat
from matcher.dockings.rules import Alarm, AlarmKind, DockingAction

POLL_S = 20.0
NO_ANSWER = "no_answer"


def ticking(database: Database, now: Callable[[], datetime]) -> Loop:
    """Each alarm is one transaction; several workers share them."""

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            async with database.begin() as session:
                has_rung = await ring(session, now()) or await recount(session, now())
            if not has_rung:
                await first_of(stop, within_s=POLL_S)

    return loop


async def ring(session: AsyncSession, at: datetime) -> bool:
    """Do what one due alarm is for; whether there was one."""
    docking = await repository.ringing(session, at)
    if docking is None:
        return False
    alarm, following = _alarm(docking, at)
    if alarm.kind is AlarmKind.LAPSE:
        docking.failure_reason = NO_ANSWER
        moving.move(session, DockingSeat(docking, None, Acting(at)), DockingAction.LAPSE, Why(NO_ANSWER))
        return True
    assert following is not None, "the last alarm ends the docking"
    docking.alarm, docking.alarm_at = following
    _remind(session, docking, alarm.kind, at)
    return True


def _alarm(docking: Docking, at: datetime) -> tuple[Alarm, Alarm | None]:
    """The last alarm whose time has come, and the one after it: what was slept through is not made up for."""
    assert docking.step is not None, "what is over has no alarm"
    assert docking.due is not None, "what is next is due sometime"
    alarms = rules.alarms(docking.step, docking.due, working_days.published())
    rung = max(index for index, alarm in enumerate(alarms) if alarm.at <= at or alarm.kind is docking.alarm)
    return alarms[rung], alarms[rung + 1] if rung + 1 < len(alarms) else None


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
