"""What the clock does with demands: opens and closes them at their times."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import repository, steps
from catalog.demands.models import Demand
from catalog.demands.rules import Action, Actor
from catalog.history.service import Deed
from common import deadlines
from common.contracts.words import DemandState
from common.deadlines import Handler


async def close_due(session: AsyncSession, demand_id: UUID, at: datetime) -> None:
    """Close a demand whose closing time has passed by `at`, if that is how it stands."""
    demand = await repository.locked(session, demand_id)
    if demand and demand.state is DemandState.PUBLISHED and demand.closes_at and demand.closes_at <= at:
        await _by_clock(session, demand, Action.CLOSE, at)


async def open_due(session: AsyncSession, demand_id: UUID, at: datetime) -> None:
    """Tell everyone that answers are taken from now on, if that is how it stands."""
    demand = await repository.locked(session, demand_id)
    if demand and demand.state is DemandState.PUBLISHED and demand.opens_at and demand.opens_at <= at:
        await _by_clock(session, demand, Action.OPEN, at)


async def _by_clock(session: AsyncSession, demand: Demand, action: Action, at: datetime) -> None:
    transition = steps.stepped(demand, action, {Actor.CLOCK}, at)
    await steps.record(session, demand, Deed(transition, None))


DUE: dict[str, Handler] = {steps.OPEN: open_due, steps.CLOSE: close_due}
"""What the clock does for demands."""


async def replan(session: AsyncSession, at: datetime) -> None:
    for what, unplanned in (
        (steps.OPEN, repository.opening_unplanned),
        (steps.CLOSE, repository.closing_unplanned),
    ):
        for demand_id, due_at in await unplanned(session, what, at):
            await deadlines.put(session, what, demand_id, due_at)
