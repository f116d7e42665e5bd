"""What the learned verifier costs, beside embedding the paragraphs that it reads."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.engine.embedding import load_embedder
from matcher.engine.verdicts import confirm
from matcher.engine.verdicts.evidence import Evidence, read
from matcher.engine.verdicts.judge import Ruling, rule
from matcher.engine.verdicts.question import Question
from matcher.engine.verification.claims import ParagraphClaim
from matcher.engine.verification.verifier import ClauseVerifier, load_verifier
from tests.bench import platform
from tests.bench.judged_texts import Texts

MOST = 200
_EVERY = 7
"""Each so manieth pair of the samples: of all kinds."""

Decided = tuple[Ruling, Evidence]


def claims_of(texts: Texts) -> Sequence[Decided]:
    """The first MOST decided rulings of every seventh pair, each with what it was decided on."""
    return list(islice(_decided(texts), MOST))


def seconds_of(decided: Sequence[Decided]) -> tuple[float, float, float]:
    """Processor seconds of confirming all, of confirming them again, and of embedding what is read of each."""
    verifier = load_verifier(platform.cache())
    engine = load_embedder(cache_dir=platform.cache(), threads=1)
    asked = _Kept(verifier)
    began_at = time.process_time()
    _confirm(decided, asked)
    first = time.process_time()
    _confirm(decided, asked)
    again = time.process_time()
    for claim in asked.claims[: len(decided)]:
        engine.encode_passages([claim.paragraph])
    return first - began_at, again - first, time.process_time() - again


class _Kept:
    """The verifier, keeping what it was asked."""

    def __init__(self, verifier: ClauseVerifier) -> None:
        self.version, self._verifier, self.claims = verifier.version, verifier, list[ParagraphClaim]()

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        self.claims += asked
        return self._verifier.verify(asked)


def _confirm(decided: Sequence[Decided], verifier: _Kept) -> None:
    for ruling, told in decided:
        confirm.confirmed(ruling, told, verifier)


def _decided(texts: Texts) -> Iterator[Decided]:
    for d, p in texts.pairs[::_EVERY]:
        told = read(texts.profiles[p])
        for at, clause in enumerate(texts.demands[d]):
            ruling = rule(Question(clause), at, told, None)
            if confirm.is_asked(ruling):
                yield ruling, told
