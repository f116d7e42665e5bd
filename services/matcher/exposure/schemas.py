"""What a report of exposure looks like over HTTP."""

from pydantic import Field

from common.fields import Frozen, Moment
from matcher.exposure.rules import ExposureDimension


class ExposureRow(Frozen):
    """One group of one way to tell organisations apart. Figures are of pairs of a ranking and a profile in it."""

    dimension: ExposureDimension
    group: str = Field(
        examples=["private"],
        description="As profiles say; `unknown`: they say nothing; `merged`: several groups of too few organisations.",
    )
    label: str = Field(examples=["民营"])
    organisations: int = Field(description="That were considered.")
    considered: int = Field(description="The pool: by the receipts, all that the rankings considered.")
    shown: int = Field(description="Of them, those that were shown as matches.")
    expected_shown: float = Field(description="How many would have been, had chance chosen in each ranking.")
    rank_1: int = Field(description="Shown in the first place.")
    rank_2_3: int
    rank_4_10: int
    rank_11_up: int
    exposure: float = Field(description="Sum of 1 / log2(1 + place) of those shown.")
    expected_exposure: float
    shown_p: float = Field(description="Of `shown` by chance: exact, two-sided.")
    shown_p_adjusted: float = Field(description="The same for several groups at once (Holm).")
    exposure_p: float | None = Field(description="Of `exposure` by chance: null where too few are expected.")
    exposure_p_adjusted: float | None


class ExposureOut(Frozen):
    """Who was shown in the rankings of a quarter's demands, each demand by its last one."""

    period: str = Field(examples=["2026-Q4"])
    track: str | None
    is_complete: bool = Field(description="Whether the quarter is over.")
    computed_at: Moment
    least: int = Field(description="Organisations that a group has at least, and demands that a report is of at least.")
    is_withheld: bool = Field(description="Whether there are too few organisations or demands to say anything.")
    demands: int | None = Field(description="Whose rankings are counted; null where that is withheld.")
    is_partial: bool = Field(description="Whether there were more, of which the newest are counted.")
    items: tuple[ExposureRow, ...]
