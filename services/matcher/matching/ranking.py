"""Ranks one stored demand or profile against the other side: search, score, explain."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from common.contracts.matcher import OFFER_FOR
from common.database import Database
from matcher.matching import reading, repository, retrieval
from matcher.matching.judging import Fit, Judge, ReadDemand, ReadProfile, Standing
from matcher.matching.recording import Ranked
from matcher.matching.rules import SubjectKind
from matcher.settings import MatcherSettings
from matcher.vectors import repository as vectors
from matcher.vectors import views
from matcher.vectors.repository import DemandFilters, Probe, StoredDemand, StoredProfile

Result = TypeVar("Result")


@dataclass(frozen=True)
class Bench:
    """Where judging happens: a judge, and the thread it works on."""

    judge: Judge
    thread: ThreadPoolExecutor
    settings: MatcherSettings

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *arguments)


async def rank(database: Database, bench: Bench, model_id: str, kind: SubjectKind, subject_id: UUID) -> Ranked | None:
    """The subject against everybody worth scoring and its present matches; None when it has no vectors to rank by."""
    if kind is SubjectKind.DEMAND:
        return await _rank_demand(database, bench, model_id, subject_id)
    return await _rank_profile(database, bench, model_id, subject_id)


async def _rank_demand(database: Database, bench: Bench, model_id: str, demand_id: UUID) -> Ranked | None:
    async with database.begin() as session:
        model = await vectors.the_active_model(session)
        stored = await vectors.demands(session, model_id, [demand_id])
        if not stored or model.id != model_id:
            return None
        demand = reading.read_demand(stored[0])
        probe = demand_probe(demand)
        near = await retrieval.profiles_near(session, model, probe, OFFER_FOR[demand.snapshot.kind], bench.settings)
        matched = await repository.partners(session, SubjectKind.DEMAND, demand_id)
        found = await vectors.profiles(session, model_id, list({*near, *matched}))
    standings, fits = await bench.run(_judged_demand, bench.judge, demand, found)
    return _ranked(bench, model_id, SubjectKind.DEMAND, demand, standings, fits)


async def _rank_profile(database: Database, bench: Bench, model_id: str, profile_id: UUID) -> Ranked | None:
    async with database.begin() as session:
        model = await vectors.the_active_model(session)
        stored = await vectors.profiles(session, model_id, [profile_id])
        if not stored or model.id != model_id:
            return None
        profile = reading.read_profile(stored[0])
        filters = DemandFilters(kind=retrieval.DEMAND_FOR[profile.offer.offer_kind])
        near = await retrieval.demands_near(session, model, profile_probe(profile), filters, bench.settings)
        matched = await repository.partners(session, SubjectKind.PROFILE, profile_id)
        found = await vectors.demands(session, model_id, list({*near, *matched}))
    standings, fits = await bench.run(_judged_profile, bench.judge, profile, found)
    return _ranked(bench, model_id, SubjectKind.PROFILE, profile, standings, fits)


def demand_probe(demand: ReadDemand) -> Probe:
    lexemes = views.demand_texts(demand.snapshot).lexemes
    return Probe(demand.view.title_vector, demand.view.text_vector, lexemes)


def profile_probe(profile: ReadProfile) -> Probe:
    lexemes = views.profile_texts(profile.offer).lexemes[:64]
    return Probe(profile.view.headline_vector, profile.view.text_vector, lexemes)


def _judged_demand(
    judge: Judge, demand: ReadDemand, found: Sequence[StoredProfile]
) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_profiles(demand, reading.read_profiles(found))
    return standings, judge.matches(standings)


def _judged_profile(
    judge: Judge, profile: ReadProfile, found: Sequence[StoredDemand]
) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_demands(profile, reading.read_demands(found))
    return standings, judge.matches(standings)


def _ranked(
    bench: Bench,
    model_id: str,
    kind: SubjectKind,
    subject: ReadDemand | ReadProfile,
    standings: Sequence[Standing],
    fits: Sequence[Fit],
) -> Ranked:
    return Ranked(
        kind=kind,
        subject_id=subject.id,
        subject_version=subject.version,
        model_id=model_id,
        ranker_version=bench.judge.ranker.version,
        settings={"threshold": bench.judge.threshold, "match_limit": bench.judge.limit},
        standings=standings,
        fits=fits,
    )
