"""Ranks one stored demand or profile against the other side: search, score, explain."""

from collections.abc import Sequence
from uuid import UUID

from common.contracts.matcher import OFFER_FOR
from matcher.matching import reading, repository, retrieval
from matcher.matching.desk import Desk, Seat
from matcher.matching.exploring import with_explored
from matcher.matching.judging import Fit, Judge, ReadDemand, ReadProfile, Standing
from matcher.matching.recording import Ranked
from matcher.matching.rules import SubjectKind
from matcher.vectors import repository as vectors
from matcher.vectors import views
from matcher.vectors.repository import DemandFilters, Probe, StoredDemand, StoredProfile


async def rank(desk: Desk, seat: Seat, kind: SubjectKind, subject_id: UUID) -> Ranked | None:
    """The subject against everybody worth scoring and its present matches; None when it has no vectors to rank by."""
    if kind is SubjectKind.DEMAND:
        return await _rank_demand(desk, seat, subject_id)
    return await _rank_profile(desk, seat, subject_id)


async def _rank_demand(desk: Desk, seat: Seat, demand_id: UUID) -> Ranked | None:
    async with desk.database.begin() as session:
        model = await vectors.the_active_model(session)
        stored = await vectors.demands(session, seat.model_id, [demand_id])
        if not stored or model.id != seat.model_id:
            return None
        demand = reading.read_demand(stored[0])
        offer_kind = OFFER_FOR[demand.snapshot.kind]
        near = await retrieval.profiles_near(session, model, demand_probe(demand), offer_kind, desk.settings)
        matched = await repository.partners(session, SubjectKind.DEMAND, demand_id)
        found = await vectors.profiles(session, model.id, list({*near, *matched}))
    standings, fits = await desk.run(judged_demand, seat.judge, demand, found)
    return _ranked(seat, SubjectKind.DEMAND, demand, standings, fits)


async def _rank_profile(desk: Desk, seat: Seat, profile_id: UUID) -> Ranked | None:
    async with desk.database.begin() as session:
        model = await vectors.the_active_model(session)
        stored = await vectors.profiles(session, seat.model_id, [profile_id])
        if not stored or model.id != seat.model_id:
            return None
        profile = reading.read_profile(stored[0])
        filters = DemandFilters(kind=retrieval.DEMAND_FOR[profile.offer.offer_kind])
        near = await retrieval.demands_near(session, model, profile_probe(profile), filters, desk.settings)
        matched = await repository.partners(session, SubjectKind.PROFILE, profile_id)
        found = await vectors.demands(session, model.id, list({*near, *matched}))
    standings, fits = await desk.run(judged_profile, seat.judge, profile, found)
    return _ranked(seat, SubjectKind.PROFILE, profile, standings, fits)


def demand_probe(demand: ReadDemand) -> Probe:
    lexemes = views.demand_texts(demand.snapshot).lexemes
    return Probe(demand.view.title_vector, demand.view.text_vector, lexemes)


def profile_probe(profile: ReadProfile) -> Probe:
    lexemes = views.profile_texts(profile.offer).lexemes
    return Probe(profile.view.headline_vector, profile.view.text_vector, lexemes[: views.MOST_ASKED])


def judged_demand(judge: Judge, demand: ReadDemand, found: Sequence[StoredProfile]) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_profiles(demand, reading.read_profiles(found))
    return standings, with_explored(judge, demand, standings, judge.matches(standings))


def judged_profile(
    judge: Judge, profile: ReadProfile, found: Sequence[StoredDemand]
) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_demands(profile, reading.read_demands(found))
    return standings, judge.matches(standings)


def _ranked(
    seat: Seat,
    kind: SubjectKind,
    subject: ReadDemand | ReadProfile,
    standings: Sequence[Standing],
    fits: Sequence[Fit],
) -> Ranked:
    return Ranked(
        kind=kind,
        subject_id=subject.id,
        subject_version=subject.version,
        model_id=seat.model_id,
        ranker_version=seat.judge.ranker.version,
        settings={
            "threshold": seat.judge.threshold,
            "match_limit": seat.judge.limit,
            "exploration_share": seat.judge.exploration_share,
        },
        standings=standings,
        fits=fits,
    )
