"""What a list of data offers can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from common.contracts.words import DataOfferState


class DataOfferFilters(BaseModel):
    """What a list is of; nothing given: all that concern the caller."""

    state: DataOfferState | None = None
    demand_id: UUID | None = None
    test_bed_id: UUID | None = None
