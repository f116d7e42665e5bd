"""How far each sentence of a profile is about a clause, from shared words and from cosines when there are any."""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content

# Logistic weights fitted on sentences of the sample offers judged by hand: shared words, cosine above the profile's own
# level, bias. Within a language, across two, and without cosines.
_SAME = (2.4, 94.0, -4.0)
_ACROSS = (2.0, 68.0, -2.9)
_WORDS_ONLY = (8.0, -3.6)
# Cosines of unrelated sentences, both Chinese or one English; few sentences say little of a profile's own level.
_USUAL_SAME, _USUAL_ACROSS = 0.857, 0.790
_WEIGHT_OF_USUAL = 5
# Without cosines, few shared words prove little against a sentence: 0.2 at least.
_UNKNOWN = math.log(0.2 / 0.8)

Cosines: TypeAlias = Sequence[float] | NDArray[np.float32]


class Relevance:
    """Of each sentence of the evidence: log odds that it is about the clause; at 0 a reader begins to agree.

    A sentence's words are compared when its figure is asked for: comparing them all costs more than the rest of a
    verdict.
    """

    def __init__(self, asked: Content, evidence: Evidence, cosines: Cosines | None) -> None:
        """cosines  (n,) of the clause with each sentence, NaN for one without a vector; None to go by words alone"""
        self._asked, self._evidence = asked, evidence
        self._cosines: Cosines = [math.nan] * len(evidence.sentences) if cosines is None else cosines
        self._known: dict[int, float] = {}
        self._usual: float | None = None
        self._is_whole = True

    def of(self, index: int) -> float:
        """A chance, 0 … 1."""
        if index not in self._known:
            self._known[index] = 1 / (1 + math.exp(-self._odds(index)))
        return self._known[index]

    def best(self) -> int | None:
        """The sentence most surely about the clause, the first of equals; None when no reader would agree."""
        most = self._bounds()
        best: int | None = None
        found = 0.0
        for index in sorted((index for index, odds in enumerate(most) if odds >= found), key=lambda at: -most[at]):
            if most[index] < found:
                break
            odds = self._odds(index)
            if odds > found or (odds == found and (best is None or index < best)):
                best, found = index, odds
        return best

    def _odds(self, index: int) -> float:
        shared = overlap.said(self._asked, self._evidence.facts[index].content)
        cosine = self._cosines[index]
        if math.isnan(cosine):
            weight, bias = _WORDS_ONLY
            return max(weight * shared + bias, _UNKNOWN)
        words, meaning, bias = _SAME if self._evidence.is_chinese[index] == self._asked.is_chinese else _ACROSS
        return words * shared + meaning * (cosine - self._level()) + bias

    def _bounds(self) -> list[float]:
        """What each sentence's log odds would be if it said all that is asked."""
        (words, same, bias), (words_across, across, bias_across) = _SAME, _ACROSS
        own, ours = self._level(), self._asked.is_chinese
        odds = [
            words + same * (cosine - own) + bias
            if theirs is ours
            else words_across + across * (cosine - own) + bias_across
            for cosine, theirs in zip(self._cosines, self._evidence.is_chinese, strict=True)
        ]
        if self._is_whole:
            return odds
        unknown = sum(_WORDS_ONLY)
        # What is not a number does not equal itself.
        return [each if each == each else unknown for each in odds]

    def _level(self) -> float:
        """How near the profile's sentences are to the clause on the whole."""
        # Asked for some times by every verdict: a cached property takes a lock each first time.
        if self._usual is None:
            self._usual = self._worked_out()
        return self._usual

    def _worked_out(self) -> float:
        same_count = self._evidence.is_chinese.count(self._asked.is_chinese)
        usual = _USUAL_SAME if same_count * 2 >= len(self._cosines) else _USUAL_ACROSS
        known: Sequence[float] | NDArray[np.float32] = self._cosines
        total = sum(known)
        self._is_whole = total == total
        if not self._is_whole:  # one of them is not a number
            known = [cosine for cosine in known if cosine == cosine]
            total = sum(known)
        return (total + usual * _WEIGHT_OF_USUAL) / (len(known) + _WEIGHT_OF_USUAL)
