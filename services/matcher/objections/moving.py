"""One step of an objection: its clock, its act and its event, in one transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines, outbox
from common.contracts.objections import ObjectionAdvanced, ObjectionEvent, ObjectionReminded, ObjectionSnapshot
from matcher.acts import acting
from matcher.acts.acting import Acting, Done, Why
from matcher.calendar import working_days
from matcher.objections import rules
from matcher.objections.models import FiledObjection
from matcher.objections.rules import CLOCK, LIFE, ObjectionAction, ObjectionParty

NOUN = "objection"
OVERDUE = "objection.overdue"
"""A kind of deadline."""


async def move(
    session: AsyncSession,
    objection: FiledObjection,
    action: ObjectionAction,
    by: frozenset[ObjectionParty],
    who: Acting,
    words: str | None = None,
) -> None:
    """Take a step and announce it. What the action itself changes is written before. Raises NotAllowedNow.

    words  what is written in it, for its act
    """
    step = LIFE.moved(objection.state, action, by=by, at=who.at)
    objection.state = step.after
    if step.before != step.after:
        await wind(session, objection, who.at)
    if step.after not in rules.OPEN:
        objection.ended_at = who.at
    done = Done(NOUN, objection.id, action, step.before, step.after, None, Why(None, words))
    event = ObjectionReminded if action is ObjectionAction.REMIND else ObjectionAdvanced
    announce(session, objection, who, done, event)


async def remind(session: AsyncSession, objection: FiledObjection, at: datetime) -> None:
    await move(session, objection, ObjectionAction.REMIND, CLOCK, Acting(at))


def announce(
    session: AsyncSession, objection: FiledObjection, who: Acting, done: Done, event: type[ObjectionEvent]
) -> None:
    """Put what was done on record and tell of it; whatever it is, the objection has a new version with it."""
    objection.version += 1
    act = acting.record(session, who, done)
    outbox.record(session, event(objection=snapshot(objection), act=act))


def snapshot(objection: FiledObjection) -> ObjectionSnapshot:
    return ObjectionSnapshot(**{name: getattr(objection, name) for name in ObjectionSnapshot.model_fields})


async def wind(session: AsyncSession, objection: FiledObjection, at: datetime) -> None:
    """Count the days of a state that begins at `at`, and have the clock look at its end; or stop it."""
    objection.state_from = at
    count(objection)
    await plan(session, objection)


def count(objection: FiledObjection) -> None:
    """Its due day, by the calendar that is published."""
    calendar = working_days.published()
    due = rules.due(objection.state, objection.state_from, calendar)
    objection.due_on = due.on if due else None
    objection.is_provisional = due.is_provisional if due else False
    objection.counted_to = calendar.last_year


async def plan(session: AsyncSession, objection: FiledObjection) -> None:
    """Have the clock look at the end of its due day."""
    due = objection.due
    await deadlines.put(session, OVERDUE, objection.id, due.ends_at if due else None)
