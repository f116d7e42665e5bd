"""What a list of consents can be asked for."""

from uuid import UUID

from pydantic import BaseModel

from catalog.consents.rules import ConsentState


class ConsentFilters(BaseModel):
    """What a list is of; nothing given: all that the caller is a party to."""

    presentation_id: UUID | None = None
    state: ConsentState | None = None
