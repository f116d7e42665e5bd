"""The rankings that are compared: by one cosine, by words, and as the matcher ships."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.ranking.background import LANGUAGES
from matcher.engine.ranking.calibration import GRADES, Floats, Ints
from matcher.engine.ranking.ranker import Ranker, fuse
from matcher.engine.words import lexical
from matcher.evaluation import encoding
from matcher.evaluation.bm25 import Bm25
from matcher.evaluation.encoding import Seen
from matcher.evaluation.folder import Judged
from matcher.settings import MatcherSettings

DEEPEST = 200
"""How many of the first offers are kept."""


@dataclass(frozen=True)
class System:
    """What one system says of a folder.

    judged   (pairs,) score of each judged pair
    first    for each demand the places of its first offers out of the whole pool, best first
    chances  (pairs, 3) of a grade of at least 1, 2 and 3; None of a system that promises none
    """

    judged: Floats
    first: Sequence[Ints]
    chances: Floats | None = None


@dataclass(frozen=True)
class Scoring:
    """The figures of every pair the matcher would score, and of every judged pair, of one demand.

    places            (m,) offers: the candidates, most promising first, then those that are only judged
    candidates        how many of them are candidates
    table             (m, features)
    has_one_language  (m,)
    """

    places: Ints
    candidates: int
    table: Floats
    has_one_language: NDArray[np.bool_]


def dense(judged: Judged, seen: Seen) -> System:
    """The cosine of a demand's title and an offer's, and nothing else."""
    titles = np.stack([demand.title_vector for demand in seen.demands])
    return _whole(judged, (titles @ encoding.headlines(seen).T).astype(np.float64))


def bm25(judged: Judged) -> System:
    """Words of a demand's title and text among those of all that an offer says."""
    index = Bm25(["\n".join((offer.title, offer.text, *offer.items)) for offer in judged.offers])
    return _whole(judged, np.stack([index.scores(f"{demand.title}\n{demand.text}") for demand in judged.demands]))


def score(judged: Judged, seen: Seen, ranker: Ranker, *, on_progress: Callable[[int], None]) -> list[Scoring]:
    """What the matcher computes for each demand: candidates fused from short lists, and their figures."""
    limits = MatcherSettings.model_fields
    lists = _Lists(judged, seen, length=limits["candidates"].default)
    scorings = []
    for place, demand in enumerate(seen.demands):
        near = np.array(lists.fused(place)[: limits["considered"].default], dtype=np.int64)
        places = np.concatenate([near, np.setdiff1d(judged.offer_of[judged.demand_of == place], near)])
        pairs = [(demand, seen.profiles[offer]) for offer in places]
        has_one_language = np.array([demand.language == profile.language for _, profile in pairs], dtype=bool)
        scorings.append(Scoring(places, len(near), ranker.table(pairs), has_one_language))
        on_progress(place + 1)
    return scorings


def shipped(judged: Judged, scorings: Sequence[Scoring], ranker: Ranker) -> System:
    """Candidates in the order of their fit."""
    return ranked(judged, scorings, [ranker.chances(one.table, one.has_one_language) for one in scorings])


def ranked(judged: Judged, scorings: Sequence[Scoring], chances: Sequence[Floats]) -> System:
    """`chances[i]` are the (m, 3) chances of what `scorings[i]` scored; equal fits keep the order of the candidates."""
    of_pairs = np.full((len(judged.grades), GRADES), np.nan)
    first = []
    for place, (scoring, found) in enumerate(zip(scorings, chances, strict=True)):
        fits = found.mean(axis=1)
        first.append(scoring.places[np.argsort(-fits[: scoring.candidates], kind="stable")][:DEEPEST])
        at = {offer: row for row, offer in enumerate(scoring.places.tolist())}
        pairs = np.flatnonzero(judged.demand_of == place)
        of_pairs[pairs] = found[[at[offer] for offer in judged.offer_of[pairs].tolist()]]
    return System(of_pairs.mean(axis=1), first, of_pairs)


class _Lists:
    """The short lists that the matcher's database would give, by exact search.

    The words' list stands in for PostgreSQL's `ts_rank`: more shared words first.
    """

    def __init__(self, judged: Judged, seen: Seen, *, length: int) -> None:
        self._seen, self._length = seen, length
        self._headlines, self._bodies = encoding.headlines(seen), encoding.bodies(seen)
        self._words = [frozenset(lexical.lexemes("\n".join((o.title, *o.items)))) for o in judged.offers]
        spoken = np.array([offer.language for offer in judged.offers])
        self._of_language = [np.flatnonzero(spoken == language) for language in LANGUAGES]

    def fused(self, place: int) -> list[int]:
        demand = self._seen.demands[place]
        asked = frozenset(lexical.query_lexemes(demand.title))
        shared = np.array([len(asked & words) for words in self._words])
        by_headline, by_body = self._headlines @ demand.title_vector, self._bodies @ demand.text_vector
        lists: list[list[int]] = []
        for mine in self._of_language:
            lists += [self._top(mine, by_headline), self._top(mine, by_body), self._top(mine[shared[mine] > 0], shared)]
        return fuse(lists)

    def _top(self, places: Ints, scores: NDArray[np.float32] | Ints) -> list[int]:
        best: list[int] = places[np.argsort(-scores[places], kind="stable")][: self._length].tolist()
        return best


def _whole(judged: Judged, scores: Floats) -> System:
    """A system that scores all of the (demands, offers) pool."""
    # Equal scores in the order of ids: a folder that lists its good offers first must not help anybody.
    by_id = np.argsort(np.array([offer.id for offer in judged.offers]), kind="stable")
    first = [by_id[np.argsort(-row[by_id], kind="stable")][:DEEPEST] for row in scores]
    return System(scores[judged.demand_of, judged.offer_of], first)
