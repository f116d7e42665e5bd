"""Demonstration projects over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.projects import service
from catalog.projects.filters import ProjectFilters
from catalog.projects.rules import ProjectAction
from catalog.projects.schemas import Assignment, ProjectAmendment, ProjectContent, ProjectOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import (
    Forbidden,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from common.etags import IfMatchDep
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/projects"
router = GuardedRouter(prefix=PATH, tags=["projects"], responses=problems(Unavailable))
STEPS = (
    PlainStep(ProjectAction.PREPARE, "Begin to prepare a project", "By a dispatcher, once it has a lead unit."),
    PlainStep(ProjectAction.IMPLEMENT, "Begin to carry a project out", "By a dispatcher or the lead unit."),
    PlainStep(ProjectAction.COMPLETE, "Complete a project", "By a dispatcher, once every milestone is assessed."),
    PlainStep(ProjectAction.STOP, "Stop a project", "By a dispatcher: it ends without being completed.", True),
)


@router.post(
    "",
    status_code=201,
    summary="Enter a demonstration project",
    responses=problems(Unauthenticated, Forbidden, TooLarge),
)
async def create_project(body: ProjectContent, who: ChangingDep, once: OnceDep, response: Response) -> ProjectOut:
    """With the role dispatcher: a project that carries out a public demand. Everyone reads it from now on."""
    return once.keep(begun(response, PATH, await service.enter(who, body), ProjectOut))


@router.get("", summary="List demonstration projects, newest first")
async def list_projects(listing: ListingDep, filters: Annotated[ProjectFilters, Query()]) -> Page[ProjectOut]:
    """All, or those in a state, of a demand, or that a unit leads."""
    return listed(listing, await service.page(listing, filters), ProjectOut.model_validate)


@router.get("/{project_id}", summary="Read a demonstration project", responses=problems(NotFound))
async def read_project(project_id: UUID, session: ReadSessionDep, response: Response) -> ProjectOut:
    return shown(response, await service.PROJECTS.read(session, None, project_id), ProjectOut)


@router.post("/{project_id}/assign", summary="Assign a project to a lead unit", responses=TAKING | problems(TooLarge))
async def assign_project(
    project_id: UUID, body: Assignment, who: ChangingDep, once: OnceDep, response: Response
) -> ProjectOut:
    """By a dispatcher; another unit takes the place of the one before."""
    return once.keep(shown(response, await service.assign(who, project_id, body), ProjectOut))


@router.post(
    "/{project_id}/amend",
    summary="Amend a project",
    responses=TAKING | problems(TooLarge, Stale, PreconditionRequired),
)
async def amend_project(
    project_id: UUID, body: ProjectAmendment, who: ChangingDep, expected: IfMatchDep, once: OnceDep, response: Response
) -> ProjectOut:
    """By a dispatcher, for a reason that everyone reads."""
    return once.keep(shown(response, await service.amend(who, project_id, body, expected), ProjectOut))


async def _take(who: Changing, asked: StepAsked) -> ProjectOut:
    project = await service.take(who, asked.record_id, asked.action, asked.reason)
    return shown(asked.response, project, ProjectOut)


add_steps(router, StepRoutes("project", ProjectOut), STEPS, changing, _take)
add_history(router, "project", "a project", service.PROJECTS)
