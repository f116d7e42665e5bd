"""Fields that records of several nouns have: times to come, money, and organisations as a list is narrowed to them."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from common.fields import Moment, OrganisationKey, Whole, form, is_in_reach, wrong


def _within_reach(moment: datetime) -> datetime:
    if not is_in_reach(moment):
        raise wrong("give a time between the years 2000 and 2200", "请填写 2000 年至 2200 年之间的时间")
    return moment


Deadline = Annotated[Moment, AfterValidator(_within_reach)]
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
