"""What dispatchers, lead units and the clock do with milestones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.milestones import repository, rules
from catalog.milestones.filters import MilestoneFilters
from catalog.milestones.models import Milestone
from catalog.milestones.rules import MilestoneAction, MilestoneParty
from catalog.milestones.schemas import Assessment, MilestoneContent, MilestoneOut, Rescheduling
from catalog.projects import service as projects
from catalog.projects.rules import OVER, refuse_over
from catalog.records.changing import Changing
from catalog.records.records import Records
from common import deadlines
from common.auth import Principal
from common.deadlines import Handler
from common.fields import OrganisationKey
from common.listing import RecordListing

OVERDUE = "milestone.overdue"
"""A kind of deadline."""


def _parties(milestone: Milestone, caller: Principal) -> frozenset[MilestoneParty]:
    return frozenset(MilestoneParty(party) for party in projects.parties(milestone.project, caller))


def _text(milestone: Milestone) -> dict[str, Any]:
    return MilestoneOut.model_validate(milestone).model_dump(mode="json")


def _audience(milestone: Milestone) -> Iterable[OrganisationKey]:
    return projects.audience(milestone.project)


MILESTONES = Records(Milestone, rules.LIFE, _parties, _text, _audience)


async def schedule(changing: Changing, content: MilestoneContent) -> Milestone:
    """A milestone of a project that goes on, by a dispatcher or its lead unit."""
    project = await projects.PROJECTS.seek(changing, content.project_id)
    refuse_over(project.state)
    rules.refuse_past(content.due_at, changing.at)
    party = MilestoneParty(projects.acting(project, changing.caller))
    milestone = await MILESTONES.begin(changing, party, **content.model_dump(), project=project)
    await deadlines.put(changing.session, OVERDUE, milestone.id, milestone.due_at)
    return milestone


async def reschedule(changing: Changing, milestone_id: UUID, wanted: Rescheduling) -> Milestone:
    async with MILESTONES.step(changing, milestone_id, MilestoneAction.RESCHEDULE, wanted.reason) as milestone:
        rules.refuse_past(wanted.due_at, changing.at)
        milestone.due_at = wanted.due_at
    await deadlines.put(changing.session, OVERDUE, milestone.id, milestone.due_at)
    return milestone


async def assess(changing: Changing, milestone_id: UUID, assessment: Assessment) -> Milestone:
    """Say what was found; nobody is reminded of it any more."""
    action = rules.ASSESSMENTS[assessment.state]
    async with MILESTONES.step(changing, milestone_id, action, assessment.reason) as milestone:
        milestone.assessment = assessment.reason
    await deadlines.put(changing.session, OVERDUE, milestone.id, None)
    return milestone


async def take(changing: Changing, milestone_id: UUID, action: str, reason: str | None) -> Milestone:
    """The lead unit's report."""
    async with MILESTONES.step(changing, milestone_id, action, reason) as milestone:
        milestone.report = reason
    return milestone


async def page(listing: RecordListing, filters: MilestoneFilters) -> Sequence[Milestone]:
    return await MILESTONES.page(listing.session, listing.page, *repository.listed(filters))


async def remind_due(session: AsyncSession, milestone_id: UUID, at: datetime) -> None:
    """Remind of a milestone whose time has passed by `at` unassessed, unless its project is over."""
    milestone = await MILESTONES.find(session, milestone_id)
    if milestone is not None and milestone.project.state not in OVER and milestone.due_at <= at:
        await MILESTONES.strike(session, milestone_id, MilestoneAction.REMIND, MilestoneParty.CLOCK, at)


DUE: dict[str, Handler] = {OVERDUE: remind_due}
"""What the clock does for milestones."""
