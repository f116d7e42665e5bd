"""What a list of transfers can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.transfers.rules import TransferState


class TransferFilters(BaseModel):
    """What a list is of; nothing given: all that the caller is a party to."""

    docking_id: UUID | None = None
    state: TransferState | None = None
