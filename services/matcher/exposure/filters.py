"""What a report of exposure is of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Line, form

PERIOD = form(r"^2[01][0-9]{2}-Q[1-4]$", "give a quarter such as 2026-Q4", "请填写季度，例如 2026-Q4")


class ExposureFilters(BaseModel):
    """A quarter, and the demands of one track. Other spans cannot be asked for: two that differ by a day would tell of
    that day's few demands."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, PERIOD] | None = Field(
        None, description="Left out: the one that runs.", examples=["2026-Q4"]
    )
    track: Line | None = Field(None, description="In Chinese or English.")
