"""Fields that records of several nouns have: times, days, money, and organisations as a list is narrowed to them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from common.fields import Moment, OrganisationKey, Whole, form, is_in_reach, is_in_reach_on, wrong


def _within_reach(moment: datetime) -> datetime:
    if not is_in_reach(moment):
        raise wrong("give a time between the years 2000 and 2200", "请填写 2000 年至 2200 年之间的时间")
    return moment


def _written_out_day(day: object) -> object:
    # Pydantic reads a number, also one in quotes, as seconds since 1970: nobody means that here.
    if isinstance(day, date) or (isinstance(day, str) and "-" in day[1:]):
        return day
    raise wrong("give a day in ISO 8601, such as 2030-12-31", "请填写 ISO 8601 日期，例如 2030-12-31")


def _day_within_reach(day: date) -> date:
    if not is_in_reach_on(day):
        raise wrong("give a day between the years 2000 and 2200", "请填写 2000 年至 2200 年之间的日期")
    return day


Deadline = Annotated[Moment, AfterValidator(_within_reach)]
Day = Annotated[date, BeforeValidator(_written_out_day), AfterValidator(_day_within_reach)]
Fen = Annotated[Whole, Field(ge=0, le=10**15, description="Money in fen, hundredths of the currency's unit.")]
CURRENCY = form(r"^[A-Z]{3}$", "give an ISO 4217 code of three capitals, such as CNY", "请填写三位货币代码，例如 CNY")
OwnerNamed = Annotated[
    str,
    form(
        r"^[a-z][a-z0-9_]{1,31}:[A-Za-z0-9_-]{1,64}$",
        "give scheme and code with a colon between, such as uscc:91370200264574251E",
        "请填写编码体系与代码，以冒号相连，例如 uscc:91370200264574251E",
    ),
]
"""An organisation in a query."""


def key_of(named: str) -> OrganisationKey:
    """The organisation that a query names."""
    scheme, code = named.split(":")
    return OrganisationKey(scheme=scheme, code=code)
