"""Field types that every request body and event uses: text that can be stored, and organisation keys."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

LINE_BREAKS = "\n\r\t"
RULE = "rule"
"""Type of the errors that our own validators raise."""
FORMS: dict[str, tuple[str, str]] = {}
"""What each pattern asks for, in English and in Chinese."""


def wrong(detail: str, detail_zh: str) -> PydanticCustomError:
    """What a validator raises: it says what would be right, in both languages."""
    return PydanticCustomError(RULE, "{detail}", {"detail": detail, "detail_zh": detail_zh})


def form(pattern: str, detail: str, detail_zh: str) -> StringConstraints:
    """Text that matches a pattern; who is refused is told the words, not the pattern."""
    FORMS[pattern] = (detail, detail_zh)
    return StringConstraints(pattern=pattern)


def storable(keep: str) -> Callable[[str], str]:
    """Refuses control characters and surrogates (Unicode categories Cc and Cs) but for those in `keep`."""
    kept = f"(?![{keep}])" if keep else ""
    refused = re.compile(kept + r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

    def check(text: str) -> str:
        if found := refused.search(text):
            place, name = found.start() + 1, f"U+{ord(found[0]):04X}"
            raise wrong(
                f"remove character {place}: {name} is a control or surrogate character",
                f"请删除第 {place} 个字符：{name} 是控制字符或不完整的字符",
            )
        return text

    return check


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(storable("")),
]
"""One line a person reads: 1 to 300 characters, no control characters."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000),
    AfterValidator(storable(LINE_BREAKS)),
]
"""Prose of 1 to 20,000 characters; line breaks and tabs are its only control characters."""

_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that show nothing though Unicode counts them as letters, marks or symbols."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates of Unicode's bidirectional algorithm: what is shown is not what is stored."""


def _straight(text: str) -> str:
    """Refuses a line that turns the direction of reading: 红 may be shown as if it stood where 黑 does."""
    if found := _TURNING.search(text):
        name = f"U+{ord(found[0]):04X}"
        raise wrong(
            f"remove character {found.start() + 1}: {name} changes the direction of reading",
            f"请删除第 {found.start() + 1} 个字符：{name} 会改变文字的显示方向",
        )
    return text


def _visible(text: str) -> str:
    """Refuses text of which nobody sees anything."""
    if all(each in _BLANK or unicodedata.category(each) in _UNSEEN for each in text):
        raise wrong(
            "give at least one character that can be seen; these are all invisible",
            "请填写可见的文字，现有字符均不可见",
        )
    return text


SeenLine = Annotated[Line, AfterValidator(_visible), AfterValidator(_straight)]
"""A line as somebody gives it: what was stored before there was this rule is shown all the same."""
SeenText = Annotated[Text, AfterValidator(_visible)]

Division = Annotated[
    str,
    form(r"^[0-9]{6}$", "give a GB/T 2260 division, six digits such as 370202", "请填写六位区划代码，例如 370202"),
    Field(examples=["370202"]),
]
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


Whole = Annotated[int, Field(strict=True)]
"""A JSON number without a fraction: `true` and `"5"` are none."""
YesOrNo = Annotated[bool, Field(strict=True)]
"""JSON `true` or `false`: `1` and `"yes"` are none."""

Trl = Annotated[Whole, Field(ge=1, le=9)]
"""Technology readiness level, GB/T 22900-2022 and ISO 16290."""

Scheme = Annotated[
    str,
    form(
        r"^[a-z][a-z0-9_]{1,31}$",
        "give a scheme such as uscc: 2 to 32 small letters, digits or underscores, a letter first",
        "请填写编码体系，例如 uscc：2 至 32 个小写字母、数字或下划线，以字母开头",
    ),
    Field(examples=["uscc"]),
]
Code = Annotated[
    str,
    form(
        r"^[A-Za-z0-9_-]{1,64}$",
        "give 1 to 64 letters, digits, hyphens or underscores",
        "请填写 1 至 64 个字母、数字、连字符或下划线",
    ),
    Field(examples=["91370200264574251E"]),
]
"""Both become tokens of a NATS subject, so neither may hold a dot, a blank or a wildcard."""

Language = Literal["zh", "en"]


def _written_out(moment: object) -> object:
    # Pydantic reads a number, also one in quotes, as seconds or milliseconds since 1970: nobody means that here.
    if isinstance(moment, datetime) or (isinstance(moment, str) and "-" in moment[1:]):
        return moment
    raise wrong(
        "give a time with its zone in ISO 8601, such as 2030-12-31T16:00:00Z",
        "请填写带时区的 ISO 8601 时间，例如 2030-12-31T16:00:00Z",
    )


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A time in ISO 8601, with its zone."""
EARLIEST, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def is_in_reach(moment: datetime) -> bool:
    """Whether a time lies between the years 2000 and 2200; far years overflow once a time zone is applied."""
    return EARLIEST <= moment < END


def is_in_reach_on(day: date) -> bool:
    """The same of a day."""
    return EARLIEST.date() <= day < END.date()


class Frozen(BaseModel):
    """A value: compared by content, never changed, unknown fields refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class OrganisationKey(Frozen):
    """Who an organisation is: `uscc` and its 18 characters, or another scheme's code for parties abroad."""

    scheme: Scheme
    code: Code
