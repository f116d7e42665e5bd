"""What a list of dockings may be narrowed by."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from common.contracts.dockings import DockingState
from common.errors import Forbidden


class DockingFilters(BaseModel):
    """Each one given narrows the list further."""

    state: DockingState | None = None
    match_id: UUID | None = None
    demand_id: UUID | None = None
    profile_id: UUID | None = None

    def within(self, demand_id: UUID | None, profile_id: UUID | None) -> Self:
        """Narrowed to one demand and one profile, where they are given. Raises Forbidden when others are asked for."""
        limits = {"demand_id": demand_id, "profile_id": profile_id}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        if any(getattr(self, name) not in (None, limit) for name, limit in given.items()):
            raise Forbidden("The mandate is for another demand or profile", "该委托只涉及其他需求或能力画像")
        return self.model_copy(update=given)
