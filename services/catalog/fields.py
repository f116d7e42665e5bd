"""Fields that records of several nouns have: times to come, and money."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from common.fields import Moment, Whole, form, is_in_reach, wrong


def _within_reach(moment: datetime) -> datetime:
    if not is_in_reach(moment):
        raise wrong("give a time between the years 2000 and 2200", "请填写 2000 年至 2200 年之间的时间")
    return moment


Deadline = Annotated[Moment, AfterValidator(_within_reach)]
Fen = Annotated[Whole, Field(ge=0, le=10**15, description="Money in fen, hundredths of the currency's unit.")]
CURRENCY = form(r"^[A-Z]{3}$", "give an ISO 4217 code of three capitals, such as CNY", "请填写三位货币代码，例如 CNY")
