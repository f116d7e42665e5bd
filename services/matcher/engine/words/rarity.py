"""Measures how much two texts say the same in the same words, rare words counting more."""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from operator import add
from pathlib import Path

from matcher.engine.words.lexical import STOP_WORDS

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
            found += map(add, run, run[1:])
    return [term for term in found if term not in STOP_WORDS]


def rarity(term: str) -> float:
    """How much `term` says, 0 … 8: nats of surprise in general Chinese beyond what everyday words have."""
    if term.isascii():
        return _NUMBER if term.isdigit() else _WORD
    return _listed().get(term, _UNLISTED)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The terms of one text with their weights, rarity times damped frequency, and the length of all together."""

    weights: Mapping[str, float]
    length: float


def likeness(one: Weighed, other: Weighed) -> float:
    """Cosine of the two texts' terms, 0 … 1; 0 when either has no terms."""
    # fsum: the same pair must give the same bits whichever side is asked about.
    common = one.weights.keys() & other.weights.keys()
    shared = math.fsum(one.weights[term] * other.weights[term] for term in common)
    return shared / (one.length * other.length) if shared else 0.0


def weighed(text: str) -> Weighed:
    """Ten microseconds for a headline."""
    counts, listed = Counter(terms(text)), _listed()
    weights = {term: listed.get(term, _UNLISTED) for term in counts}
    # No word of Latin script is listed.
    weights |= {term: rarity(term) for term in filter(str.isascii, counts)}
    weights |= {term: (1.0 + math.log(count)) * weights[term] for term, count in counts.items() if count > 1}
    return Weighed(weights, math.hypot(*weights.values()))


@cache
def _listed() -> dict[str, float]:
    stored = json.loads(RARITY.read_text(encoding="utf-8"))
    listed = {character: float(level) for level, line in stored["characters"].items() for character in line}
    return listed | {pair: float(level) for level, line in stored["pairs"].items() for pair in line.split()}
