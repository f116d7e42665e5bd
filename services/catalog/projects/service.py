"""What dispatchers and lead units do with demonstration projects."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from catalog.demands import service as demands
from catalog.milestones import repository as milestones
from catalog.organisations import service as organisations
from catalog.projects import repository, rules
from catalog.projects.filters import ProjectFilters
from catalog.projects.models import DemoProject
from catalog.projects.rules import ProjectAction, ProjectParty
from catalog.projects.schemas import Assignment, ProjectAmendment, ProjectContent, ProjectOut
from catalog.records.changing import Changing
from catalog.records.records import Records
from common.auth import Principal
from common.fields import OrganisationKey
from common.listing import RecordListing
from common.roles import Role


def parties(project: DemoProject, caller: Principal) -> frozenset[ProjectParty]:
    """All that a caller is to a project, and so to what belongs to it."""
    found = (
        (Role.DISPATCHER in caller.roles, ProjectParty.DISPATCHER),
        (project.lead == caller.organisation, ProjectParty.LEAD),
    )
    return frozenset(party for applies, party in found if applies)


def acting(project: DemoProject, caller: Principal) -> str:
    """As what a party adds something to a project: the first that they are."""
    return next(party for party in ProjectParty if party in parties(project, caller))


def _text(project: DemoProject) -> dict[str, Any]:
    return ProjectOut.model_validate(project).model_dump(mode="json")


def audience(project: DemoProject) -> Iterator[OrganisationKey]:
    """Whom a project concerns beside the authority that entered it."""
    if project.lead is not None:
        yield project.lead


PROJECTS = Records(DemoProject, rules.LIFE, parties, _text, audience)


async def enter(changing: Changing, content: ProjectContent) -> DemoProject:
    """A project that carries out a public demand."""
    rules.refuse_faulty(content.starts_on, content.completes_on)
    await demands.named(changing.session, content.demand_id)
    return await PROJECTS.begin(changing, ProjectParty.DISPATCHER, **content.model_dump())


async def assign(changing: Changing, project_id: UUID, assignment: Assignment) -> DemoProject:
    """Let a unit lead a project; one that led it before does no more."""
    async with PROJECTS.step(changing, project_id, ProjectAction.ASSIGN, assignment.reason) as project:
        lead = await organisations.named(changing.session, assignment.lead, "#/lead")
        project.lead_scheme, project.lead_code, project.lead_name = lead.scheme, lead.code, lead.name
    return project


async def amend(changing: Changing, project_id: UUID, amendment: ProjectAmendment, expected: int) -> DemoProject:
    async with PROJECTS.step(changing, project_id, ProjectAction.AMEND, amendment.reason, expected=expected) as project:
        rules.refuse_faulty(amendment.starts_on, amendment.completes_on)
        for name, value in amendment.model_dump(exclude={"reason"}).items():
            setattr(project, name, value)
    return project


async def take(changing: Changing, project_id: UUID, action: str, reason: str | None) -> DemoProject:
    """A step that changes no content."""
    async with PROJECTS.step(changing, project_id, action, reason) as project:
        if action == ProjectAction.PREPARE:
            rules.refuse_unled(project.lead)
        elif action == ProjectAction.COMPLETE:
            rules.refuse_unassessed(await milestones.scheduled_count(changing.session, project_id))
        elif action == ProjectAction.STOP:
            project.state_reason = reason
    return project


async def page(listing: RecordListing, filters: ProjectFilters) -> Sequence[DemoProject]:
    return await PROJECTS.page(listing.session, listing.page, *repository.listed(filters))
