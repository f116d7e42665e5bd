"""What lists of share rules, and shares, can be asked for."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from catalog.fields import OwnerNamed
from catalog.procurements.rules import PERIOD
from common.contracts.words import ProcurementCategory, ShareRuleState


class ShareRuleFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: ShareRuleState | None = None


class ShareFilters(BaseModel):
    """By which rule, of which period; of one organisation or all, of one category or each."""

    rule_id: UUID
    rule_version: Annotated[int | None, Field(ge=1, le=10**6, description="As it was then; else as it is now.")] = None
    period: Annotated[str, PERIOD]
    category: ProcurementCategory | None = None
    owner: OwnerNamed | None = None
