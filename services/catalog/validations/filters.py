"""What a list of validations can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from common.contracts.words import ValidationState


class ValidationFilters(BaseModel):
    """What a list is of; nothing given: all that the caller may see."""

    state: ValidationState | None = None
    demand_id: UUID | None = None
    test_bed_id: UUID | None = None
    profile_id: UUID | None = None
