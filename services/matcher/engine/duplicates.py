"""Tells whether two texts say largely the same, whatever district, year or figure was changed between them."""

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import pairwise

TWIN_FROM = 40
"""Likeness from which two texts are called twins. On the samples unrelated texts reach 31, twins begin at 49."""

_TOKEN = re.compile(r"[a-z]+|[0-9.,]+|[\u3400-\u9fff]")
_FIGURE = re.compile(r"[0-9.,]+")
_SHORTEST_SHARED = 8


def likeness(one: str, other: str) -> int:
    """0 … 100: how much of the shorter text's pairs of neighbouring words or characters the longer one has too.

    Figures count as equal to each other, so a changed year changes nothing; so do full and half width, and case.
    Containment rather than overlap, because a twin is often the same text with more around it. O(n).
    """
    ours, theirs = _pairs(one), _pairs(other)
    shorter = min(len(ours), len(theirs))
    return round(100 * len(ours & theirs) / shorter) if shorter else 0


def shared(one: str, other: str, *, most: int = 3) -> list[str]:
    """The longest passages of `one` that stand in `other` word for word, longest first; O(n²) in the worst case."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    passages = [line.strip() for block in blocks for line in one[block.a : block.a + block.size].splitlines()]
    return sorted((passage for passage in passages if len(passage) >= _SHORTEST_SHARED), key=len, reverse=True)[:most]


def _pairs(text: str) -> set[tuple[str, str]]:
    words = _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())
    plain = ["0" if _FIGURE.fullmatch(word) else word for word in words]
    return set(pairwise(plain))
