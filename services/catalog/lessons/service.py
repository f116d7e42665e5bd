"""What lead units and dispatchers do with lessons."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from catalog.lessons import repository, rules
from catalog.lessons.filters import LessonFilters
from catalog.lessons.models import ProjectLesson
from catalog.lessons.rules import LessonParty
from catalog.lessons.schemas import LessonContent, LessonOut
from catalog.projects import service as projects
from catalog.records.changing import Changing
from catalog.records.records import Records
from common.auth import Principal
from common.fields import OrganisationKey
from common.listing import RecordListing


def _parties(lesson: ProjectLesson, caller: Principal) -> frozenset[LessonParty]:
    return frozenset(LessonParty(party) for party in projects.parties(lesson.project, caller))


def _text(lesson: ProjectLesson) -> dict[str, Any]:
    return LessonOut.model_validate(lesson).model_dump(mode="json")


def _audience(lesson: ProjectLesson) -> Iterable[OrganisationKey]:
    return projects.audience(lesson.project)


LESSONS = Records(ProjectLesson, rules.LIFE, _parties, _text, _audience)


async def publish(changing: Changing, content: LessonContent) -> ProjectLesson:
    """Of a project in any state: the best lessons come at its end. A tag given twice counts once."""
    project = await projects.PROJECTS.seek(changing, content.project_id)
    party = LessonParty(projects.acting(project, changing.caller))
    fields = {**content.model_dump(), "tags": list(dict.fromkeys(content.tags))}
    return await LESSONS.begin(changing, party, **fields, project=project)


async def take(changing: Changing, lesson_id: UUID, action: str, reason: str | None) -> ProjectLesson:
    """A step that changes nothing else."""
    async with LESSONS.step(changing, lesson_id, action, reason) as lesson:
        lesson.state_reason = reason
    return lesson


async def page(listing: RecordListing, filters: LessonFilters) -> Sequence[ProjectLesson]:
    return await LESSONS.page(listing.session, listing.page, *repository.listed(filters))
