"""What a list of validations can be asked for."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.contracts.words import ValidationState


class ValidationFilters(BaseModel):
    """What a list is of; nothing given: all that the caller may see."""

    model_config = ConfigDict(extra="forbid")

    state: ValidationState | None = None
    demand_id: UUID | None = None
    test_bed_id: UUID | None = None
    profile_id: UUID | None = None
