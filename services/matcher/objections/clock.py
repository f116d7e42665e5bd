"""The clock of objections: says once when a step is overdue, counts again when the holidays of a year are published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.contracts.objections import ObjectionReminded
from common.deadlines import Handler
from matcher.acts.acting import Acting, Done
from matcher.calendar import working_days
from matcher.objections import moving, repository, rules
from matcher.objections.moving import NOUN, OVERDUE

COUNTED_AT_ONCE = 50
"""Due days that are counted again in one transaction."""


async def overdue(session: AsyncSession, objection_id: UUID, at: datetime) -> None:
    """Remind of a step whose last day has passed by `at`, if that is how it stands."""
    objection = await repository.locked(session, objection_id)
    if objection is None or objection.due is None:
        return
    if rules.is_overdue(objection.due, at):
        await moving.remind(session, objection, at)
    else:
        await deadlines.put(session, OVERDUE, objection.id, objection.due.ends_at)


DUE: dict[str, Handler] = {OVERDUE: overdue}
"""What the clock does for objections."""


async def replan(session: AsyncSession, at: datetime) -> None:
    for _ in range(COUNTED_AT_ONCE):
        if not await recount(session, at):
            return


async def recount(session: AsyncSession, at: datetime) -> bool:
    """Count one due day again that was counted before holidays now published were known; whether there was one. It is
    announced when it moves."""
    objection = await repository.miscounted(session, working_days.published().last_year)
    if objection is None:
        return False
    before = objection.due_on
    moving.count(objection)
    if objection.due_on != before:
        await moving.plan(session, objection)
        done = Done(NOUN, objection.id, "recount", objection.state, objection.state)
        moving.announce(session, objection, Acting(at), done, ObjectionReminded)
    return True
