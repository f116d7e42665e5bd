"""Field types that every request body and event uses: text that can be stored, and organisation keys."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

LINE_BREAKS = "\n\r\t"


def _storable(keep: str) -> Callable[[str], str]:
    """Refuses control characters and surrogates (Unicode categories Cc and Cs) but for those in `keep`."""
    kept = f"(?![{keep}])" if keep else ""
    refused = re.compile(kept + r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

    def check(text: str) -> str:
        if found := refused.search(text):
            raise ValueError(
                f"character {found.start()} is U+{ord(found[0]):04X}, a control or surrogate character; remove it"
            )
        return text

    return check


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_storable(""))
]
"""One line a person reads: 1 to 300 characters, no control characters."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000),
    AfterValidator(_storable(LINE_BREAKS)),
]
"""Prose of 1 to 20,000 characters; line breaks and tabs are its only control characters."""

Division = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), Field(examples=["370202"])]
"""GB/T 2260 administrative division: any six digits."""


def division_prefix(code: str) -> str:
    """What the codes of all divisions within one begin with: trailing pairs of zeros mean "all of it"."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def is_within(inner: str, outer: str) -> bool:
    """Whether a division is another one or lies in it."""
    return inner.startswith(division_prefix(outer))


def divisions_around(code: str) -> list[str]:
    """The codes of the divisions that one lies in, itself left out."""
    return [f"{code[:digits]:0<6}" for digits in (2, 4) if not code.endswith("0" * (6 - digits))]


Trl = Annotated[int, Field(ge=1, le=9)]
"""Technology readiness level, GB/T 22900-2022 and ISO 16290."""

Scheme = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,31}$"), Field(examples=["uscc"])]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"), Field(examples=["91370200264574251E"])]
"""Both become tokens of a NATS subject, so neither may hold a dot, a blank or a wildcard."""

Language = Literal["zh", "en"]
Moment = AwareDatetime


class Frozen(BaseModel):
    """A value: compared by content, never changed, unknown fields refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class OrganisationKey(Frozen):
    """Who an organisation is: `uscc` and its 18 characters, or another scheme's code for parties abroad."""

    scheme: Scheme
    code: Code
