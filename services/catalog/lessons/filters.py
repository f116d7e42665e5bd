"""What a list of lessons can be asked for."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field


class LessonFilters(BaseModel):
    """What a list is of; nothing given: all that stand."""

    project_id: UUID | None = None
    tag: Annotated[str | None, Field(max_length=300)] = None
