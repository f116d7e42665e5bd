"""What a list of presentations can be asked for."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.presentations.rules import FundingStage, PresentationState


class PresentationFilters(BaseModel):
    """What a list is of; nothing given: all."""

    roadshow_id: UUID | None = None
    state: PresentationState | None = None
    stage: FundingStage | None = None
    track: Annotated[str | None, Field(max_length=200)] = None
