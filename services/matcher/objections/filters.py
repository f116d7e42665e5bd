"""What a list of objections can be asked for."""

from uuid import UUID

from pydantic import BaseModel, Field

from common.contracts.objections import ObjectionState, ObjectionSubject


class ObjectionFilters(BaseModel):
    """Each one given narrows the list further."""

    state: ObjectionState | None = None
    subject: ObjectionSubject | None = None
    demand_id: UUID | None = None
    mine: bool = Field(False, description="Those of the caller's organisation; needs a token.")
