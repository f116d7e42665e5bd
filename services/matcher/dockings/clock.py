"""The clock of dockings: reminds before a step is due and on the day, ends what nobody answers, counts again when the
holidays of a year are published. Due days stand in the table, so a restart forgets none."""

from datetime import datetime
from itertools import dropwhile
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.contracts.dockings import DockingReminded
from common.deadlines import Handler
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

ALARM = "docking.alarm"
"""A kind of deadline."""
POLL_S = 20.0
COUNTED_AT_ONCE = 50
"""Due days that are counted again in one transaction."""
NO_ANSWER = "no_answer"


async def replan(session: AsyncSession, at: datetime) -> None:
    """Put the alarms that were set since, all of them days ahead, among what is due; count days again."""
    for docking_id, alarm_at in await repository.unplanned(session, ALARM):
        await deadlines.put(session, ALARM, docking_id, alarm_at)
    for _ in range(COUNTED_AT_ONCE):
        if not await recount(session, at):
            return


async def ring(session: AsyncSession, docking_id: UUID, at: datetime) -> None:
    """Do what an alarm is for that is due by `at`, and put the next."""
    others = await offers.lock_others(session, docking_id)
    docking = await repository.alarmed(session, docking_id)
    if docking is None:
        return
    # Else somebody acted in it since, which set its clock anew.
    if docking.alarm_at is not None and docking.alarm_at <= at:
        await _ring(session, docking, others, at)
    await deadlines.put(session, ALARM, docking.id, docking.alarm_at)


DUE: dict[str, Handler] = {ALARM: ring}
"""What the clock does for dockings."""


async def _ring(session: AsyncSession, docking: Docking, others: list[Docking], at: datetime) -> None:
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
