"""Which demands statistics count, and what tells them apart."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from catalog.demands.filters import DIVISION
from catalog.fields import Day
from catalog.statistics.rules import Dimension
from common.contracts.words import DemandKind, Domain
from common.fields import Line, division_prefix


class StatisticsFilters(BaseModel):
    """Demands that were published from a day to another, both included and of China; left out: whenever. Each other
    one given narrows them further."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    kind: DemandKind | None = None
    domain: Domain | None = None
    track: Line | None = Field(None, description="In Chinese or English.")
    division: Annotated[str, DIVISION] | None = Field(
        None, description="A GB/T 2260 code or its beginning, with all it contains."
    )
    list_id: UUID | None = Field(None, description="Entries of this edition of a scenario list, a published one.")
    by: Dimension | None = Field(None, description="A group of rows for each value of it; left out, one for all.")

    @property
    def division_prefix(self) -> str | None:
        return division_prefix(self.division) if self.division else None


class OutcomeFilters(StatisticsFilters):
    by: Dimension = Dimension.KIND
