"""Finds where a demand's text is cut into sentences and list items."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matcher.engine.clauses import cues
from matcher.engine.facts import units

_SENTENCE_END = re.compile(
    r"[。；;！!？?\n]+|(?<=[^\s\d.][^\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[A-Z]|\s*$)"
    r"|(?<=\d[^\s\d.])\.(?=\s+[A-Z]|\s*$)|(?<=\d\s[^\s\d.])\.(?=\s+[A-Z]|\s*$)"
)
_SEMICOLONS = frozenset("；;")
_NUMBER = re.compile(
    rf"(?:^|(?<=[\s。；;：:，,、！!？?{cues.SIGNS}]))"
    r"(?P<group>\d{1,2}(?:[.．]\d{1,2}){0,2})[.．](?P<last>[1-9]\d?)(?!\d)[.．、]?(?P<blank>\s*)"
    r"(?=[≥≤><(（\u4e00-\u9fff]|(?<=\s)[A-Z])(?![倍版声代以及或至到级分万亿千百余多])"
)
_LINE_STARTS = frozenset(f"\n。；;：:{cues.SIGNS}")
_ITEMS = (cues.ENUMERATOR, cues.ITEM)


class Mark(NamedTuple):
    """text[start:end] ends a piece and belongs to none; a soft one (；, 1.1) leaves the device that is spoken of."""

    start: int
    end: int
    is_soft: bool


def find(text: str) -> list[Mark]:
    """The marks of a text in order; they may overlap."""
    found = [Mark(m.start(), m.end(), is_soft=False) for each in _ITEMS for m in each.finditer(text)]
    found += [Mark(m.start(), m.end(), _SEMICOLONS.issuperset(m[0])) for m in _SENTENCE_END.finditer(text)]
    found += [Mark(m.start(), m.start(), is_soft=False) for m in cues.INLINE_HEADING.finditer(text)]
    return sorted([*found, *_numbers(text)])


def _numbers(text: str) -> Iterator[Mark]:
    """1.1 and 3.2.1 where a line begins or the number before is the last one and one: 2.5 before a unit is a figure."""
    group, last = "", 0
    for match in _NUMBER.finditer(text):
        before = text[: match.start()].rstrip(" ")[-1:]
        is_next = match["group"] == group and int(match["last"]) == last + 1
        if not (is_next or not before or before in _LINE_STARTS) or units.named(text, match.end()):
            continue
        group, last = match["group"], int(match["last"])
        yield Mark(match.start(), match.end(), is_soft=True)
