"""What a list of awards can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.fields import OwnerNamed
from common.contracts.words import AwardState


class AwardFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: AwardState | None = None
    demand_id: UUID | None = None
    owner: OwnerNamed | None = None
    solver: OwnerNamed | None = None
