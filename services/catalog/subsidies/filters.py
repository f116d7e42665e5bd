"""What a list of subsidy schemes can be asked for."""

from pydantic import BaseModel

from catalog.fields import OwnerNamed
from common.contracts.words import SubsidySchemeState


class SubsidySchemeFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: SubsidySchemeState | None = None
    owner: OwnerNamed | None = None
