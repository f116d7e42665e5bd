"""What may happen to a profile, and what language it is written in."""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from common.errors import NotAllowedNow
from common.fields import Language

ZH_SHARE = 0.2
"""Share of Chinese characters among the letters from which a text counts as Chinese: product names are often Latin."""


class ProfileState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


def language_of(texts: Iterable[str]) -> Language:
    """`zh` when enough of the letters are Chinese characters; any other script counts as `en`.

    Text without letters (digits only) counts as `zh`, the language most profiles are compared in.
    """
    letters = chinese = 0
    for character in "".join(texts):
        if unicodedata.category(character)[0] == "L":
            letters += 1
            chinese += "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"
    return "zh" if not letters or chinese / letters >= ZH_SHARE else "en"


def refuse_withdrawn(state: ProfileState) -> None:
    if state is ProfileState.WITHDRAWN:
        raise NotAllowedNow(
            "A withdrawn profile is not changed any more; make a new one", "能力画像已撤回，不能再修改，请新建"
        )
