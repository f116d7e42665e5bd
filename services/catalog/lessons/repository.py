"""Which lessons a list shows."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement

from catalog.lessons.filters import LessonFilters
from catalog.lessons.models import ProjectLesson
from catalog.lessons.rules import PUBLISHED


def listed(filters: LessonFilters) -> Iterator[ColumnElement[bool]]:
    """Those that stand."""
    yield ProjectLesson.state == PUBLISHED
    if filters.project_id is not None:
        yield ProjectLesson.project_id == filters.project_id
    if filters.tag is not None:
        yield ProjectLesson.tags.contains([filters.tag])
