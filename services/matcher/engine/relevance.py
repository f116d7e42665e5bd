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

    cosines  (n,) of the clause with each sentence, NaN for one without a vector; None to go by words alone
    """
    asked = likeness.content(text)
    shared = [likeness.said(asked, likeness.content(sentence.text)) for sentence in evidence.sentences]
    if cosines is None:
        return tuple(_by_words(share) for share in shared)
    is_same = [likeness.is_chinese(s.text) == asked.is_chinese for s in evidence.sentences]
    usual = _USUAL_SAME if sum(is_same) * 2 >= len(is_same) else _USUAL_ACROSS
    known = [cosine for cosine in cosines if not math.isnan(cosine)]
    level = (sum(known) + usual * _WEIGHT_OF_USUAL) / (len(known) + _WEIGHT_OF_USUAL)
    return tuple(
        _by_words(share) if math.isnan(cosine) else _by_both(share, cosine - level, is_across=not same)
        for share, cosine, same in zip(shared, cosines, is_same, strict=True)
    )


def _by_words(share: float) -> float:
    weight, bias = _WORDS_ONLY
    return max(_logistic(weight * share + bias), _UNKNOWN)


def _by_both(share: float, above: float, *, is_across: bool) -> float:
    words, meaning, bias = _ACROSS if is_across else _SAME
    return _logistic(words * share + meaning * above + bias)


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))
