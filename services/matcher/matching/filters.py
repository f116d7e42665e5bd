"""What a list of matches may be narrowed and sorted by."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "newest"


@dataclass(frozen=True)
class Window:
    """`after` is what the list is sorted by, the fit or the moment it was first announced, and the id of the last match
    already seen."""

    limit: int
    sort: Sort
    after: tuple[datetime | int, UUID] | None
