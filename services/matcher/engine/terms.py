"""Measures how much two texts say the same in the same words, rare words counting more."""

import json
import math
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

from matcher.engine.lexical import STOP_WORDS

RARITY = Path(__file__).parent / "data" / "rarity.json"

_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_UNLISTED = 8.0
_WORD = 6.0  # of a script with blanks; there is no list of those
_NUMBER = 2.0  # a bare figure is shared by accident


def terms(text: str) -> list[str]:
    """What `text` is made of, repeats kept: of scripts without blanks each character and each neighbouring pair, of
    Latin script and digits each word; function words left out. NFKC, lower case.

    Characters by themselves carry most of the meaning of a short Chinese title; words by dictionary carry less, because
    two people seldom cut or choose them alike.
    """
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            found.append(run)
        else:
            found += run
            found += (run[at : at + 2] for at in range(len(run) - 1))
    return [term for term in found if term not in STOP_WORDS]


def rarity(term: str) -> float:
    """How much `term` says, 0 … 8: nats of surprise in general Chinese beyond what everyday words have."""
    if term.isascii():
        return _NUMBER if term.isdigit() else _WORD
    return _listed().get(term, _UNLISTED)


def likeness(one: str, other: str) -> float:
    """Cosine of the two texts' terms, weighed by rarity and damped frequency, 0 … 1; 0 when either has no terms."""
    few, many = sorted((_weighed(one), _weighed(other)), key=len)
    # fsum: the same pair must give the same bits whichever side is the longer.
    return math.fsum(weight * many[term] for term, weight in few.items() if term in many)


# Few: in one ranking the same text meets many others, and after it hardly ever again.
@lru_cache(maxsize=64)
def _weighed(text: str) -> dict[str, float]:
    """Terms and their weights, of unit length together."""
    raw = {term: (1.0 + math.log(count)) * rarity(term) for term, count in Counter(terms(text)).items()}
    length = math.sqrt(math.fsum(weight * weight for weight in raw.values()))
    return {term: weight / length for term, weight in raw.items() if weight} if length else {}


@cache
def _listed() -> dict[str, float]:
    stored = json.loads(RARITY.read_text(encoding="utf-8"))
    listed = {character: float(level) for level, line in stored["characters"].items() for character in line}
    return listed | {pair: float(level) for level, line in stored["pairs"].items() for pair in line.split()}
