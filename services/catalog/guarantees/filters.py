"""What a list of guarantee requests can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.guarantees.rules import GuaranteeState


class GuaranteeFilters(BaseModel):
    """What a list is of; nothing given: all that the caller may see."""

    project_id: UUID | None = None
    state: GuaranteeState | None = None
