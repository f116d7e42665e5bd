"""What a list of guarantee requests can be asked for."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from catalog.guarantees.rules import GuaranteeState


class GuaranteeFilters(BaseModel):
    """What a list is of; nothing given: all that the caller may see."""

    model_config = ConfigDict(extra="forbid")

    project_id: UUID | None = None
    state: GuaranteeState | None = None
