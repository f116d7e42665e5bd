"""What a list of projects can be asked for."""

from uuid import UUID

from pydantic import BaseModel, Field

from catalog.fields import OwnerNamed
from catalog.projects.rules import ProjectState


class ProjectFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: ProjectState | None = None
    demand_id: UUID | None = None
    lead: OwnerNamed | None = Field(None, description="What this unit leads.")
