"""What a list of proposals can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from common.contracts.words import ProposalState


class ProposalFilters(BaseModel):
    """What is shown of all that the reader may see; nothing given: all of it."""

    list_id: UUID | None = None
    state: ProposalState | None = None
