"""Computes fits: reads stored vectors, scores, orders and explains; heavy work for a thread, free of I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np

from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import Band, ClauseVerdict
from common.fields import OrganisationKey
from matcher.engine import conclusions, evidence, verdicts
from matcher.engine.embedding import Matrix
from matcher.engine.evidence import Evidence
from matcher.engine.ranking import Ranker
from matcher.engine.views import DemandView, ProfileView
from matcher.matching.rules import weighed
from matcher.profiles.schemas import Offer
from matcher.vectors import views

EXPLAINED = 2
"""Pairs that are explained for each that may become a match: some will miss a hard clause."""


@dataclass(frozen=True)
class ReadDemand:
    snapshot: DemandSnapshot
    view: DemandView

    @property
    def id(self) -> UUID:
        return self.snapshot.id

    @property
    def version(self) -> int:
        return self.snapshot.version


@dataclass(frozen=True)
class ReadProfile:
    """`organisation` is for the record of a match; the ranking is given `view` alone.

    sentence_vectors  (s, d) float32, unit rows: of the first s sentences of the evidence
    """

    id: UUID
    version: int
    organisation: OrganisationKey
    organisation_name: str
    offer: Offer
    view: ProfileView
    sentence_vectors: Matrix

    @cached_property
    def evidence(self) -> Evidence:
        return evidence.read(views.evidence_texts(self.offer))


@dataclass(frozen=True)
class Standing:
    """One pair in a ranking. `score` is its exact fit before the clauses have their say, `rank` its place from 1."""

    demand: ReadDemand
    profile: ReadProfile
    score: float
    rank: int
    features: Mapping[str, float]


@dataclass(frozen=True)
class Fit:
    """One explained pair; a gated one misses a hard clause.

    score       the exact fit, 0 … 100, after the clauses had their say
    fit         the score as people are shown it
    propensity  the chance it had to be announced: certain for what is among the best, less for what is shown to learn
    """

    standing: Standing
    score: float
    fit: int
    band: Band
    summary: str
    verdicts: tuple[ClauseVerdict, ...]
    is_gated: bool
    propensity: float = 1.0

    @property
    def demand(self) -> ReadDemand:
        return self.standing.demand

    @property
    def profile(self) -> ReadProfile:
        return self.standing.profile


@dataclass(frozen=True)
class Judge:
    """
    threshold          the lowest fit worth a match
    limit              matches one ranking may have
    exploration_share  of a demand's matches, how many that just missed are added
    """

    ranker: Ranker
    threshold: float
    limit: int
    exploration_share: float = 0.0

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
        """The best `limit` pairs that fit by `least` or more and miss no hard clause, explained, best first.

        Of `standings`, which come best first, no more than EXPLAINED times `limit` are explained.
        """
        within_reach = [standing for standing in standings if weighed(standing.score, 1.0) >= least]
        fits = self.explained_all(within_reach[: EXPLAINED * limit])
        return [fit for fit in fits if fit.score >= least and not fit.is_gated][:limit]

    def explained_all(self, standings: Sequence[Standing]) -> list[Fit]:
        """Each of the pairs explained, best first."""
        return sorted(map(self.explained, standings), key=lambda fit: (-fit.score, fit.standing.rank))

    def explained(self, standing: Standing) -> Fit:
        """The pair with a verdict on every clause."""
        found = _verdicts(standing.demand, standing.profile)
        score = weighed(standing.score, conclusions.support(found))
        return Fit(
            standing=standing,
            score=score,
            fit=round(score),
            band=self.ranker.band(score),
            summary=conclusions.summary(found, standing.demand.view.language),
            verdicts=found,
            is_gated=conclusions.is_gated(found),
        )


def _verdicts(demand: ReadDemand, profile: ReadProfile) -> tuple[ClauseVerdict, ...]:
    asked = views.askings(demand.snapshot)
    told = profile.evidence
    cosines = np.zeros((len(asked), len(told.sentences)), dtype=np.float32)
    cosines[:, : len(profile.sentence_vectors)] = demand.view.clause_vectors @ profile.sentence_vectors.T
    found = verdicts.judge_all([one.clause for one in asked], told, cosines=cosines, language=demand.view.language)
    return tuple(
        verdict.model_copy(update={"demand_span": one.span}) for verdict, one in zip(found, asked, strict=True)
    )
