"""A matcher's past: matches of many demands and what became of them, written straight into its database."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.clock import new_id, now
from common.contracts.dockings import Side
from common.contracts.matcher import Band, OfferKind
from common.contracts.words import DemandKind, DemandState, Domain
from common.database import Database
from matcher.engine.ranking import features
from matcher.feedback.models import ReportedOutcome
from matcher.feedback.rules import DismissalReason, MatchOutcome
from matcher.matching.models import Match, Ranking
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileState
from matcher.vectors.models import EmbeddingModel, ModelState
from tests.integration.matcher.service_under_test import FIRM, PORT, demand

MODEL = "a-model.cut2"
PROFILES = 8
Judge = Callable[[NDArray[np.float64], np.random.Generator], int]
"""Gives the grade of a pair with these figures."""

OUTCOME_OF: Mapping[int, tuple[MatchOutcome, Side, DismissalReason | None]] = {
    0: (MatchOutcome.DISMISSED, Side.OWNER, DismissalReason.REQUIREMENT_UNMET),
    1: (MatchOutcome.VIEWED, Side.OWNER, None),
    2: (MatchOutcome.INTERESTED, Side.ENTERPRISE, None),
    3: (MatchOutcome.SELECTED, Side.OWNER, None),
}


def by_shared_words(figures: NDArray[np.float64], _: np.random.Generator) -> int:
    """Nothing counts but how many words both sides share."""
    return int(np.digitize(figures[features.NAMES.index("words")], [0.03, 0.06, 0.12]))


def by_chance(_: NDArray[np.float64], random: np.random.Generator) -> int:
    return int(random.integers(0, 4))


async def live_through(
    database: Database, judge: Judge, *, demands: int = 40, model_id: str = MODEL, seed: int = 1
) -> None:
    """`demands` demands were matched with PROFILES profiles each, and every match came to what `judge` says."""
    random = np.random.default_rng(seed)
    profiles = [_profile(number) for number in range(PROFILES)]
    async with database.begin() as session:
        session.add_all(profiles)
        session.add(_model(model_id))
        await session.flush()
        for _ in range(demands):
            asked, ranking = _demand(), _ranking(model_id)
            session.add_all([asked, ranking])
            await session.flush()
            for place, profile in enumerate(profiles, start=1):
                figures = _figures(random)
                match = _match(asked, profile, ranking, figures, place)
                session.add(match)
                await session.flush()
                session.add(_outcome(match, ranking, judge(figures, random)))


def _figures(random: np.random.Generator) -> NDArray[np.float64]:
    """In the order of features.NAMES, as they lie for pairs that came near each other."""
    near = random.normal([1.0, 1.5, 1.5, -2.0], 1.2)
    return np.append(near, random.exponential(0.06))


def _model(model_id: str) -> EmbeddingModel:
    return EmbeddingModel(
        id=model_id, engine="ctranslate2", model=None, dim=384, state=ModelState.ACTIVE, created_at=now()
    )


def _profile(number: int) -> Profile:
    return Profile(
        id=new_id(),
        version=1,
        state=ProfileState.ACTIVE,
        organisation_scheme=FIRM.scheme,
        organisation_code=FIRM.code,
        organisation_name="示例企业",
        offer_kind=OfferKind.SOLUTION,
        language="zh",
        headline=f"第{number}种能力",
        summary="",
        items=[],
        cases=[],
        products=[],
        tracks=[],
        division=None,
        created_at=now(),
        updated_at=now(),
    )


def _demand() -> DemandCopy:
    snapshot = demand()
    return DemandCopy(
        id=snapshot.id,
        version=1,
        kind=DemandKind.SCENARIO,
        state=DemandState.PUBLISHED,
        owner_scheme=PORT.scheme,
        owner_code=PORT.code,
        closes_at=None,
        snapshot=snapshot.model_dump(mode="json"),
        received_at=now(),
    )


def _ranking(model_id: str) -> Ranking:
    return Ranking(
        id=new_id(),
        subject_kind=SubjectKind.DEMAND,
        subject_id=new_id(),
        subject_version=1,
        model_id=model_id,
        ranker_version="shipped",
        settings={},
        ids=[],
        versions=[],
        scores=[],
        match_ids=[],
        match_fits=[],
        digest="",
        created_at=now(),
    )


def _match(asked: DemandCopy, profile: Profile, ranking: Ranking, figures: NDArray[np.float64], rank: int) -> Match:
    return Match(
        id=new_id(),
        version=1,
        is_current=True,
        demand_id=asked.id,
        demand_version=1,
        demand_kind=asked.kind,
        demand_title="需求",
        demand_owner_scheme=PORT.scheme,
        demand_owner_code=PORT.code,
        demand_owner_name="示例港口",
        domain=Domain.PORT,
        tracks=[],
        division=None,
        profile_id=profile.id,
        profile_version=1,
        profile_headline=profile.headline,
        profile_organisation_scheme=FIRM.scheme,
        profile_organisation_code=FIRM.code,
        profile_organisation_name="示例企业",
        fit=50,
        band=Band.FAIR,
        summary="",
        verdicts=[],
        features=dict(zip(features.NAMES, figures.tolist(), strict=True)),
        rank=rank,
        propensity=1.0,
        ranking_id=ranking.id,
        computed_at=now(),
        created_at=now(),
    )


def _outcome(match: Match, ranking: Ranking, grade: int) -> ReportedOutcome:
    outcome, side, reason = OUTCOME_OF[grade]
    kept = ("demand_id", "demand_version", "profile_id", "profile_version", "fit", "rank", "propensity", "features")
    shown: dict[str, Any] = {name: getattr(match, name) for name in kept}
    return ReportedOutcome(
        id=new_id(),
        match_id=match.id,
        side=side,
        outcome=outcome,
        reason=reason,
        reason_text=None,
        reported_at=now(),
        has_one_language=True,
        ranking_id=ranking.id,
        model_id=ranking.model_id,
        ranker_version=ranking.ranker_version,
        **shown,
    )
