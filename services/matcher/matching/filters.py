"""What a list of matches may be narrowed by."""

from uuid import UUID

from pydantic import BaseModel, Field

from common.contracts.matcher import Band


class MatchFilters(BaseModel):
    """Each one given narrows the list further."""

    demand_id: UUID | None = None
    profile_id: UUID | None = None
    band: Band | None = None
    least_fit: int | None = Field(None, ge=0, le=100)
    is_current: bool | None = Field(True, description="false: those that lapsed.")
