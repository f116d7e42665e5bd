"""What a list of lessons can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from common.fields import Line


class LessonFilters(BaseModel):
    """What a list is of; nothing given: all that stand."""

    project_id: UUID | None = None
    tag: Line | None = None
