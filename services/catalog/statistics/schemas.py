"""What statistics look like over HTTP."""

from pydantic import BaseModel, ConfigDict, Field

from catalog.fields import Day
from catalog.statistics.rules import Dimension
from common.contracts.words import DemandState
from common.fields import Frozen


class Period(BaseModel):
    """Which demands are counted: those published from a day to another, both included, UTC; left out: all."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Day | None = Field(None, alias="from")
    until: Day | None = None


class DimensionedPeriod(Period):
    by: Dimension = Dimension.KIND


class FunnelRow(Frozen):
    """How many demands reached a state, at whatever time and whatever came of them; and how many are in it now."""

    state: DemandState
    reached: int
    now: int


class DurationRow(Frozen):
    """How long demands were in a state before they left it: stays that ended, in seconds."""

    state: DemandState
    stays: int
    median_s: float | None = Field(description="Half of the stays were no longer than this. Null: none ended.")
    p90_s: float | None
    longest_s: float | None


class OutcomeRow(Frozen):
    """What came of the demands that have something in common. `value` null: those that do not say."""

    value: str | None
    published: int
    open: int
    selected: int = Field(description="A solution was selected at some time.")
    adopted: int
    unsuccessful: int = Field(description="No solution selected, or the selected one not adopted.")
    taken_back: int = Field(description="Withdrawn, cancelled or merged.")


class Funnel(BaseModel):
    """In the order of the way: from published to adopted, then what ended without."""

    items: list[FunnelRow]


class Durations(BaseModel):
    """In the order of the way."""

    items: list[DurationRow]


class Outcomes(BaseModel):
    """The most demands first."""

    items: list[OutcomeRow]
