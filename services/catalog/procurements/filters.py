"""What a list of procurement records can be asked for."""

from typing import Annotated

from pydantic import BaseModel

from catalog.fields import OwnerNamed
from catalog.procurements.rules import PERIOD
from common.contracts.words import ProcurementCategory, ProcurementState, ProcurementTrait


class ProcurementFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: ProcurementState | None = None
    period: Annotated[str, PERIOD] | None = None
    category: ProcurementCategory | None = None
    trait: ProcurementTrait | None = None
    owner: OwnerNamed | None = None
