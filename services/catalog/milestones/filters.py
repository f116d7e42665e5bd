"""What a list of milestones can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.milestones.rules import MilestoneState


class MilestoneFilters(BaseModel):
    """What a list is of; nothing given: all."""

    project_id: UUID | None = None
    state: MilestoneState | None = None
