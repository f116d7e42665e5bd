"""Computes fits: reads stored vectors, scores, orders and explains; heavy work for a thread, free of I/O."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Clause
from common.contracts.matcher import Band, ClauseVerdict
from common.fields import OrganisationKey
from matcher.engine.embedding import Matrix
from matcher.engine.ranking import relevance
from matcher.engine.ranking.ranker import Ranker
from matcher.engine.ranking.views import DemandView, ProfileView
from matcher.engine.verdicts import evidence
from matcher.engine.verdicts.by_validation import Validated, is_measured
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.judge import Ruling, told
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.summary import is_gated, summary, support
from matcher.engine.verification.claims import Verifies
from matcher.matching.hearing import Hearing
from matcher.matching.rules import weighed
from matcher.subjects.profiles.offer import Offer
from matcher.vectors import content
from matcher.vectors.content import AskedClause

EXPLAINED, MOST_EXPLAINED = 1.5, 3
"""Pairs that are explained for each that may become a match, since clauses change the order; and while too few are
found, since many may miss a hard clause."""

_BYTES_A_CHARACTER = 150
"""What is read of a text takes as much in memory; measured on the sample offers."""


@dataclass(frozen=True)
class ReadDemand:
    snapshot: DemandSnapshot
    view: DemandView

    @property
    def id(self) -> UUID:
        return self.snapshot.id

    @cached_property
    def size(self) -> int:
        """Bytes in memory once its clauses have been judged, about."""
        view = self.view
        return _BYTES_A_CHARACTER * (len(view.need) + sum(map(len, view.clauses))) + view.clause_vectors.nbytes

    @property
    def version(self) -> int:
        return self.snapshot.version

    @cached_property
    def askings(self) -> tuple[AskedClause, ...]:
        """Row i of the view's clause vectors belongs to the clause of asking i."""
        return content.askings(self.snapshot)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(one.clause for one in self.askings)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The clauses as they are read, once for all profiles."""
        return tuple(map(Question, self.clauses))


NOTHING_MEASURED = Validated(())


@dataclass(frozen=True)
class ReadProfile:
    """`organisation` is for the record of a match, `division` for demands that are limited to some places; the ranking
    is given `view` alone.

    is_public       whether it is shown to those whom it does not match, too
    sentence_vectors  (s, d) float16 or float32, unit rows: of the sentences of the evidence that `embedded` names
    """

    id: UUID
    version: int
    organisation: OrganisationKey
    organisation_name: str
    offer: Offer
    view: ProfileView
    sentence_vectors: NDArray[np.float16] | Matrix
    division: str | None = None
    is_public: bool = True
    validated: Validated = NOTHING_MEASURED

    @cached_property
    def size(self) -> int:
        """Bytes in memory once its sentences have been read, about."""
        return _BYTES_A_CHARACTER * sum(map(len, content.words_of(self.offer))) + self.sentence_vectors.nbytes

    @cached_property
    def evidence(self) -> Evidence:
        return evidence.read(content.evidence_texts(self.offer))

    @cached_property
    def embedded(self) -> list[int]:
        """Row i of the sentence vectors belongs to the sentence of the evidence at embedded[i]."""
        return content.embedded(self.evidence.sentences)


@dataclass(frozen=True)
class Standing:
    """One pair in a ranking. `score` is its exact fit before the clauses have their say, `rank` its place from 1."""

    demand: ReadDemand
    profile: ReadProfile
    score: float
    rank: int
    features: Mapping[str, float]

    @property
    def is_admitted(self) -> bool:
        """Whether the demand's owner has not limited it to other places."""
        locality = self.demand.snapshot.locality
        return locality is None or locality.admits(self.profile.division)

    @property
    def is_related(self) -> bool:
        """Whether the two have words or meaning in common."""
        return relevance.is_related(self.demand.view, self.profile.view, self.features)


@dataclass(frozen=True)
class Fit:
    """One explained pair; a gated one misses a hard clause.

    score       the exact fit, 0 … 100, after the clauses had their say
    fit         the score as people are shown it
    rulings     one on each clause
    propensity  the chance it had to be announced: certain for what is among the best, less for what is shown to learn
    """

    standing: Standing
    score: float
    fit: int
    band: Band
    rulings: tuple[Ruling, ...]
    propensity: float = 1.0

    @property
    def demand(self) -> ReadDemand:
        return self.standing.demand

    @property
    def profile(self) -> ReadProfile:
        return self.standing.profile

    @property
    def is_gated(self) -> bool:
        return is_gated(self.rulings)

    @cached_property
    def verdicts(self) -> tuple[ClauseVerdict, ...]:
        """The rulings in words, made when they are first asked for: many pairs are judged and few shown."""
        return tuple(self._told(ruling, one) for ruling, one in zip(self.rulings, self.demand.askings, strict=True))

    def _told(self, ruling: Ruling, asked: AskedClause) -> ClauseVerdict:
        language = self.demand.view.language
        if is_measured(ruling):
            return self.profile.validated.told(ruling, language, asked.span)
        return told(ruling, self.profile.evidence, language, asked.span)

    @property
    def summary(self) -> str:
        return summary(self.verdicts, self.demand.view.language)


@dataclass(frozen=True)
class Judge:
    """
    threshold          the lowest fit worth a match
    limit              matches one ranking may have
    exploration_share  of a demand's matches, how many that just missed are added
    verifier           without which the rules decide alone
    """

    ranker: Ranker
    threshold: float
    limit: int
    exploration_share: float = 0.0
    verifier: Verifies | None = None

    def ranked_profiles(self, demand: ReadDemand, profiles: Sequence[ReadProfile]) -> list[Standing]:
        """Best first; equal scores in the order of ids, so a replay gives the same list."""
        scores = self.ranker.score(demand.view, [profile.view for profile in profiles])
        pairs = sorted(zip(scores, profiles, strict=True), key=lambda pair: (-pair[0].fit, pair[1].id))
        return [
            Standing(demand, profile, scored.fit, rank, scored.features)
            for rank, (scored, profile) in enumerate(pairs, start=1)
        ]

    def ranked_demands(self, profile: ReadProfile, demands: Sequence[ReadDemand]) -> list[Standing]:
        scores = self.ranker.score_demands(profile.view, [demand.view for demand in demands])
        pairs = sorted(zip(scores, demands, strict=True), key=lambda pair: (-pair[0].fit, pair[1].id))
        return [
            Standing(demand, profile, scored.fit, rank, scored.features)
            for rank, (scored, demand) in enumerate(pairs, start=1)
        ]

    def matches(self, standings: Sequence[Standing]) -> list[Fit]:
        """The best `limit` pairs that reach the threshold and miss no hard clause, explained, best first."""
        return self.worthy(standings, least=self.threshold, limit=self.limit)

    def worthy(self, standings: Sequence[Standing], *, least: float, limit: int) -> list[Fit]:
        """The best `limit` admitted pairs that fit by `least` or more and miss no hard clause, explained, best first.

        Pairs that share neither words nor meaning are never among them.

        Of `standings`, which come best first, those that could not be among the best whatever their clauses say are
        passed over; so is what comes after EXPLAINED times `limit`, or MOST_EXPLAINED times when few are worthy.
        """
        found: list[Fit] = []
        admitted = [one for one in standings if one.is_admitted and one.is_related]
        for place, standing in enumerate(admitted[: MOST_EXPLAINED * limit], start=1):
            is_full = len(found) >= limit
            floor = found[limit - 1].score if is_full else least
            if weighed(standing.score, 1.0) < floor or (is_full and place > EXPLAINED * limit):
                break
            fit = self._explained_if(standing, floor)
            if fit is not None:
                insort(found, fit, key=_best_first)
        return found[:limit]

    def _explained_if(self, standing: Standing, floor: float) -> Fit | None:
        """The pair explained, unless it misses a hard clause or fits by less than `floor`."""
        rulings = self._hearing(standing).rulings_if(lambda support: weighed(standing.score, support) >= floor)
        return None if rulings is None else self._fit(standing, rulings)

    def explained_all(self, standings: Sequence[Standing]) -> list[Fit]:
        """Each of the pairs explained, best first."""
        return sorted(map(self.explained, standings), key=_best_first)

    def explained(self, standing: Standing) -> Fit:
        """The pair with a ruling on every clause."""
        return self._fit(standing, self._hearing(standing).rulings())

    def _hearing(self, standing: Standing) -> Hearing:
        demand, profile = standing.demand, standing.profile
        # Not a number: a sentence without a vector is judged by its words alone.
        cosines = np.full((len(demand.clauses), len(profile.evidence.sentences)), np.nan, dtype=np.float32)
        vectors = profile.sentence_vectors
        # So are all, when another release cut the text into other sentences, until the profile is embedded again.
        if len(vectors) == len(profile.embedded):
            cosines[:, profile.embedded] = demand.view.clause_vectors @ vectors.T.astype(np.float32)
        return Hearing(demand.questions, profile.evidence, profile.validated, cosines.tolist(), self.verifier)

    def _fit(self, standing: Standing, rulings: Sequence[Ruling]) -> Fit:
        score = weighed(standing.score, support(rulings))
        return Fit(standing, score, round(score), self.ranker.band(score), tuple(rulings))


def _best_first(fit: Fit) -> tuple[float, int]:
    return -fit.score, fit.standing.rank
