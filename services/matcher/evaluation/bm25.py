"""Scores offers by the words they share with a demand: the baseline every search engine has."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from matcher.engine.ranking.calibration import Floats
from matcher.engine.words import lexical

_SATURATION, _LENGTH = 1.2, 0.75


class Bm25:
    """Robertson and Zaragoza, Foundations and Trends in Information Retrieval 3 (2009), with k1 = 1.2 and b = 0.75."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._count = len(texts)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counted = [Counter(lexical.tokens(text)) for text in texts]
        lengths = [sum(counts.values()) for counts in counted]
        usual = max(sum(lengths) / max(len(texts), 1), 1.0)
        for place, (counts, length) in enumerate(zip(counted, lengths, strict=True)):
            norm = _SATURATION * (1.0 - _LENGTH + _LENGTH * length / usual)
            for token, count in counts.items():
                self._postings[token].append((place, count * (_SATURATION + 1.0) / (count + norm)))

    def scores(self, query: str) -> Floats:
        """(texts,) one score per text; 0 for one that shares no word."""
        found = np.zeros(self._count)
        for token, repeats in Counter(lexical.tokens(query)).items():
            postings = self._postings.get(token, ())
            weight = math.log(1.0 + (self._count - len(postings) + 0.5) / (len(postings) + 0.5))
            for place, share in postings:
                found[place] += repeats * weight * share
        return found
