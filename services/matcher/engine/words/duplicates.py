"""Tells whether two texts say largely the same, whatever district, year or figure was changed between them."""

import re
import unicodedata
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np

TWIN_FROM = 40
"""Likeness from which two texts are called twins. On the samples unrelated texts reach 30, twins begin at 48."""
COMPARED = 10_000
"""Characters of a text that are looked at, from its beginning."""

_TOKEN = re.compile(r"[a-z]+|[0-9.,]+|[\u3400-\u9fff]")
_FIGURE = re.compile(r"[0-9.,]+")
_BY_CHANCE = 6
_SHORTEST_SHARED = 8
_RUN = 5
_FEWEST_MARKS, _MOST_MARKS = 64, 1024
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 by the golden ratio: spreads what is multiplied by it


def likeness(one: str, other: str) -> int:
    """0 … 100: how much of the shorter text's pairs of neighbouring words or characters the longer one has too.

    Figures count as equal to each other, so a changed year changes nothing; so do full and half width, and case.
    Containment rather than overlap, because a twin is often the same text with more around it. Six pairs are put down
    to chance on both sides of the fraction: half of a short headline stands in any long text of its field. O(n).
    """
    ours, theirs = _pairs(one), _pairs(other)
    shorter = min(len(ours), len(theirs))
    by_chance = min(_BY_CHANCE, shorter // 2)
    together = max(len(ours & theirs) - by_chance, 0)
    return round(100 * together / (shorter - by_chance)) if shorter else 0


def shared(one: str, other: str, *, most: int = 3) -> list[str]:
    """The longest passages of `one` that stand in `other` word for word, each within a line, longest first."""
    ours, theirs = one[:COMPARED], other[:COMPARED]
    starts = {theirs[at : at + _SHORTEST_SHARED] for at in range(len(theirs))}
    found: dict[str, None] = {}
    for line in ours.splitlines():
        at = 0
        while at + _SHORTEST_SHARED <= len(line):
            if line[at : at + _SHORTEST_SHARED] not in starts:
                at += 1
                continue
            end = _reach(line, at, theirs)
            found[line[at:end].strip()] = None
            at = end
    return sorted((passage for passage in found if len(passage) >= _SHORTEST_SHARED), key=len, reverse=True)[:most]


def marks(text: str) -> list[int]:
    """Numbers of 32 bits, signed, by which a twin of `text` is found among very many texts.

    Of the runs of five neighbouring words or characters a quarter, but 64 to 1,024: those whose hashes are the least,
    so that two texts keep the same ones of what they share (bottom-k sketch, Broder 1997). The same in every process.
    """
    words = _plain(text)
    if not words:
        return []
    numbers = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    width = min(_RUN, len(numbers))
    runs = np.zeros(len(numbers) - width + 1, dtype=np.uint64)
    for at in range(width):
        runs = (runs + numbers[at : at + len(runs)]) * _MIX
    distinct = np.unique(((runs ^ (runs >> np.uint64(32))) * _MIX >> np.uint64(32)).astype(np.uint32))
    kept = min(max(len(distinct) // 4, _FEWEST_MARKS), _MOST_MARKS)
    least: list[int] = distinct[:kept].view(np.int32).tolist()
    return least


def _reach(line: str, start: int, other: str) -> int:
    """Where the longest passage of `line` that begins at `start` and stands in `other` ends."""
    end, beyond = start + _SHORTEST_SHARED, len(line) + 1
    while beyond - end > 1:
        middle = (end + beyond) // 2
        if line[start:middle] in other:
            end = middle
        else:
            beyond = middle
    return end


# Few: one text is compared with many, and they hardly ever again.
@lru_cache(maxsize=4)
def _pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(_plain(text)))


def _plain(text: str) -> list[str]:
    words = _TOKEN.findall(unicodedata.normalize("NFKC", text[:COMPARED]).lower())
    return ["0" if _FIGURE.fullmatch(word) else word for word in words]
