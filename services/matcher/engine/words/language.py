"""Tells which of the two languages a text is written in."""

import unicodedata
from collections.abc import Iterable

from common.fields import Language

ZH_SHARE = 0.2
"""Share of Chinese characters among the letters from which a text counts as Chinese: product names are often Latin."""


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
