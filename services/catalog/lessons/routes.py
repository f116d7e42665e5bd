"""Lessons over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from catalog.lessons import service
from catalog.lessons.filters import LessonFilters
from catalog.lessons.rules import LessonAction
from catalog.lessons.schemas import LessonContent, LessonOut
from catalog.records.changing import Changing, ChangingDep, changing
from catalog.records.replies import begun, shown
from catalog.records.steps import TAKING, PlainStep, StepAsked, StepRoutes, add_history, add_steps
from common.database import ReadSessionDep
from common.errors import NotFound, TooLarge, Unavailable
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

PATH = "/v1/lessons"
router = GuardedRouter(prefix=PATH, tags=["projects"], responses=problems(Unavailable))
STEPS = (
    PlainStep(LessonAction.WITHDRAW, "Withdraw a lesson", "By its lead unit or a dispatcher: no list shows it.", True),
)


@router.post("", status_code=201, summary="Publish a lesson", responses=TAKING | problems(TooLarge))
async def create_lesson(body: LessonContent, who: ChangingDep, once: OnceDep, response: Response) -> LessonOut:
    """By the lead unit of a project or a dispatcher: what others should know."""
    return once.keep(begun(response, PATH, await service.publish(who, body), LessonOut))


@router.get("", summary="List lessons, newest first")
async def list_lessons(listing: ListingDep, filters: Annotated[LessonFilters, Query()]) -> Page[LessonOut]:
    """Those that stand: all, or of a project, or with a tag."""
    return listed(listing, await service.page(listing, filters), LessonOut.model_validate)


@router.get("/{lesson_id}", summary="Read a lesson", responses=problems(NotFound))
async def read_lesson(lesson_id: UUID, session: ReadSessionDep, response: Response) -> LessonOut:
    """Also one that was withdrawn, with the reason."""
    return shown(response, await service.LESSONS.read(session, None, lesson_id), LessonOut)


async def _take(who: Changing, asked: StepAsked) -> LessonOut:
    return shown(asked.response, await service.take(who, asked.record_id, asked.action, asked.reason), LessonOut)


add_steps(router, StepRoutes("lesson", LessonOut), STEPS, changing, _take)
add_history(router, "lesson", "a lesson", service.LESSONS)
