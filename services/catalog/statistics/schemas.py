"""What statistics look like over HTTP."""

from pydantic import BaseModel, Field

from common.contracts.words import DemandState
from common.fields import Frozen


class Grouped(Frozen):
    """A row about the demands that have something in common. `value` null: those that do not say, or all where `by` is
    left out."""

    value: str | None
    name: str | None = Field(None, description="What the list is called whose id `value` is.")


class FunnelRow(Grouped):
    """How many demands reached a state, at whatever time and whatever came of them; and how many are in it now."""

    state: DemandState
    reached: int
    now: int


class DurationRow(Grouped):
    """How long demands were in a state before they left it: stays that ended, in seconds."""

    state: DemandState
    stays: int
    median_s: float | None = Field(description="Half of the stays were no longer than this. Null: none ended.")
    p90_s: float | None
    longest_s: float | None


class OutcomeRow(Grouped):
    """What came of demands."""

    published: int
    open: int
    selected: int = Field(description="A solution was selected at some time.")
    adopted: int
    unsuccessful: int = Field(description="No solution selected, or the selected one not adopted.")
    taken_back: int = Field(description="Withdrawn, cancelled or merged.")


class Funnel(BaseModel):
    """In the order of the way: from published to adopted, then what ended without; group by group, the most demands
    first."""

    items: list[FunnelRow]


class Durations(BaseModel):
    """In the order of the way; group by group, the most demands first."""

    items: list[DurationRow]


class Outcomes(BaseModel):
    """The most demands first."""

    items: list[OutcomeRow]
