"""How far each sentence of a profile is about a clause, from shared words and from cosines when there are any."""

import math
from collections.abc import Sequence

from matcher.engine import likeness
from matcher.engine.evidence import Evidence

# Logistic weights fitted on sentences of the sample offers judged by hand: shared words, cosine above the profile's own
# level, bias. Within a language, across two, and without cosines.
_SAME = (2.4, 94.0, -4.0)
_ACROSS = (2.0, 68.0, -2.9)
_WORDS_ONLY = (8.0, -3.6)
# Cosines of unrelated sentences, both Chinese or one English; few sentences say little of a profile's own level.
_USUAL_SAME, _USUAL_ACROSS = 0.857, 0.790
_WEIGHT_OF_USUAL = 5
# Without cosines, few shared words prove little against a sentence.
_UNKNOWN = 0.2


def of(text: str, evidence: Evidence, cosines: Sequence[float] | None) -> tuple[float, ...]:
    """One figure 0 … 1 for each sentence of the evidence; 0.5 is where a reader begins to agree.

    cosines  (n,) of the clause with each sentence, or None to go by words alone
    """
    asked = likeness.content(text)
    shared = [likeness.said(asked, likeness.content(sentence.text)) for sentence in evidence.sentences]
    if cosines is None:
        weight, bias = _WORDS_ONLY
        return tuple(max(_logistic(weight * share + bias), _UNKNOWN) for share in shared)
    is_same = [likeness.is_chinese(s.text) == asked.is_chinese for s in evidence.sentences]
    usual = _USUAL_SAME if sum(is_same) * 2 >= len(is_same) else _USUAL_ACROSS
    level = (sum(cosines) + usual * _WEIGHT_OF_USUAL) / (len(shared) + _WEIGHT_OF_USUAL)
    return tuple(
        _logistic(words * share + meaning * (float(cosine) - level) + bias)
        for share, cosine, (words, meaning, bias) in zip(
            shared, cosines, (_SAME if same else _ACROSS for same in is_same), strict=True
        )
    )


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))
