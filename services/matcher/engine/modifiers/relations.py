"""Words whose meaning lies in how they stand to each other: what is denied, excepted or affirmed of what was asked."""

import re

from matcher.engine.modifiers import interpreter
from matcher.engine.modifiers.interpreter import Category

EXCEPT = re.compile(
    r"除(?P<zh>[^,，。;；]{1,20}?)(?:以外|之外|外)(?![,，]?[^,，。;；]{0,6}(?:还|也|亦|同时|并))|"
    r"\b(?:except|excluding)(?: for)? (?P<en>[^,.;]{1,40})",
    re.IGNORECASE,
)
"""All but what is named; 除…外还 adds to it."""
NEGATOR = re.compile(r"(?:不|未|无|没有|非|免)$|\b(?:not|no|without|never|non)[\s-]$", re.IGNORECASE)
"""Right before a word: that it is denied."""
INABILITY = re.compile(r"支持|具备|提供|能|无法|实现|support|available|can|offer|possible", re.IGNORECASE)
"""Of a denial: that it denies an ability."""
_ABSENT = interpreter.pattern(Category.ABSENT)
ABSENCE = re.compile(rf"(?:{_ABSENT.pattern})需?要?\s?(?P<what>[\u4e00-\u9fff]{{2}}|[a-z]{{3,}})", re.IGNORECASE)
"""不停车, 无需改造, without stopping: what is to be absent."""


def is_affirmed(absence: str, text: str) -> bool:
    """Whether `text` speaks of what `absence` (不停车) asks not to have, without denying it (需停车)."""
    for match in ABSENCE.finditer(absence):
        for place in re.finditer(re.escape(match["what"]), text, re.IGNORECASE):
            near = 4 if not match["what"].isascii() else 16
            before = text[max(0, place.start() - near) : place.start()]
            if not (_ABSENT.search(before) or NEGATOR.search(before)):
                return True
    return False
