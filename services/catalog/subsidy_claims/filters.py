"""What a list of subsidy claims can be asked for."""

from uuid import UUID

from pydantic import BaseModel, Field

from catalog.fields import OwnerNamed
from common.contracts.words import SubsidyClaimState


class SubsidyClaimFilters(BaseModel):
    """Each one given narrows the list further."""

    state: SubsidyClaimState | None = None
    scheme_id: UUID | None = None
    owner: OwnerNamed | None = None
    mine: bool = Field(False, description="The caller's own claims in every state; needs a token.")
    to_handle: bool = Field(
        False, description="All claims of schemes that the caller is a subsidy_officer for; needs a token."
    )
