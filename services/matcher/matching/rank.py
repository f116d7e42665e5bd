"""Ranks stored demands or profiles against the other side: search, score, explain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.contracts.matcher import OFFER_FOR
from matcher.engine.ranking import exploration
from matcher.matching import fetch, repository
from matcher.matching.context import Desk, Seat
from matcher.matching.judge import Fit, Judge, ReadDemand, ReadProfile, Standing
from matcher.matching.record import Ranked
from matcher.matching.shortlist import DEMAND_FOR, worth_scoring
from matcher.search.repository import ActiveProfiles, OpenDemands, Probe
from matcher.subjects.kind import SubjectKind
from matcher.vectors import content


async def rank_demands(desk: Desk, seat: Seat, ids: Sequence[UUID]) -> list[Ranked]:
    """Each demand against the profiles worth scoring and its present matches; those without vectors are left out."""
    async with desk.database.begin() as session:
        found = await fetch.demands(session, desk, seat.model_id, ids)
        matched = await repository.partners(session, SubjectKind.DEMAND, ids)
    demands = await desk.run(desk.demands.filled, found)
    return [await _rank_demand(desk, seat, demand, matched.get(demand.id, [])) for demand in demands]


async def rank_profiles(desk: Desk, seat: Seat, ids: Sequence[UUID], at: datetime) -> list[Ranked]:
    """Each profile against its present matches and the demands worth scoring that are open at `at`; else as above."""
    async with desk.database.begin() as session:
        found = await fetch.profiles(session, desk, seat.model_id, ids)
        matched = await repository.partners(session, SubjectKind.PROFILE, ids)
    profiles = await desk.run(desk.profiles.filled, found)
    return [await _rank_profile(desk, seat, profile, matched.get(profile.id, []), at) for profile in profiles]


async def _rank_demand(desk: Desk, seat: Seat, demand: ReadDemand, matched: Sequence[UUID]) -> Ranked:
    among = ActiveProfiles(OFFER_FOR[demand.snapshot.kind], _within(demand))
    near = await worth_scoring(desk.database, seat.model_id, demand_probe(demand), among, desk.settings)
    async with desk.database.begin() as session:
        found = await fetch.profiles(session, desk, seat.model_id, list({*near, *matched}))
    profiles = await desk.run(desk.profiles.filled, found)
    standings, fits = await desk.run(judged_demand, seat.judge, demand, profiles)
    return _ranked(seat, SubjectKind.DEMAND, demand, standings, fits, had_partners=bool(matched))


async def _rank_profile(desk: Desk, seat: Seat, profile: ReadProfile, matched: Sequence[UUID], at: datetime) -> Ranked:
    among = OpenDemands(at, kind=DEMAND_FOR[profile.offer.offer_kind])
    near = await worth_scoring(desk.database, seat.model_id, profile_probe(profile), among, desk.settings)
    async with desk.database.begin() as session:
        found = await fetch.demands(session, desk, seat.model_id, list({*near, *matched}))
    demands = await desk.run(desk.demands.filled, found)
    standings, fits = await desk.run(judged_profile, seat.judge, profile, demands)
    return _ranked(seat, SubjectKind.PROFILE, profile, standings, fits, had_partners=bool(matched))


def _within(demand: ReadDemand) -> tuple[str, ...]:
    locality = demand.snapshot.locality
    return locality.divisions if locality else ()


def demand_probe(demand: ReadDemand) -> Probe:
    lexemes = content.demand_texts(demand.snapshot).lexemes
    return Probe(demand.view.title_vector, demand.view.text_vector, lexemes)


def profile_probe(profile: ReadProfile) -> Probe:
    lexemes = content.profile_texts(profile.offer).lexemes
    return Probe(profile.view.headline_vector, profile.view.text_vector, lexemes[: content.MOST_ASKED])


def judged_demand(
    judge: Judge, demand: ReadDemand, profiles: Sequence[ReadProfile]
) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_profiles(demand, profiles)
    return standings, _worded(with_explored(judge, demand, standings, judge.matches(standings)))


def judged_profile(
    judge: Judge, profile: ReadProfile, demands: Sequence[ReadDemand]
) -> tuple[list[Standing], list[Fit]]:
    standings = judge.ranked_demands(profile, demands)
    return standings, _worded(judge.matches(standings))


def _worded(fits: list[Fit]) -> list[Fit]:
    """Put into words here, off the event loop."""
    for fit in fits:
        _ = fit.verdicts
    return fits


def _ranked(
    seat: Seat,
    kind: SubjectKind,
    subject: ReadDemand | ReadProfile,
    standings: Sequence[Standing],
    fits: Sequence[Fit],
    *,
    had_partners: bool,
) -> Ranked:
    return Ranked(
        kind=kind,
        subject_id=subject.id,
        subject_version=subject.version,
        model_id=seat.model_id,
        ranker_version=seat.judge.ranker.version,
        settings=settings_of(seat.judge) | _limit(subject),
        standings=standings,
        fits=fits,
        had_partners=had_partners,
    )


def settings_of(judge: Judge) -> dict[str, object]:
    """What of a deployment's settings decides which pairs become matches, for receipts."""
    return {
        "threshold": judge.threshold,
        "match_limit": judge.limit,
        "exploration_share": judge.exploration_share,
        "verifier": judge.verifier.version if judge.verifier else None,
    }


def _limit(subject: ReadDemand | ReadProfile) -> dict[str, object]:
    """The places a ranked demand is limited to and why, for its receipt."""
    locality = subject.snapshot.locality if isinstance(subject, ReadDemand) else None
    return {"locality": locality.model_dump(mode="json")} if locality else {}


def with_explored(judge: Judge, demand: ReadDemand, standings: Sequence[Standing], fits: Sequence[Fit]) -> list[Fit]:
    """The matches, then those shown to learn from them. They are drawn for this version of the demand, so that ranking
    it again shows the same; matches are never displaced, so their own chance stays certain."""
    if not judge.exploration_share:
        return list(fits)
    matched = {fit.profile.id for fit in fits}
    missed = [standing for standing in standings if standing.profile.id not in matched]
    room = min(exploration.POOL, judge.limit - len(fits))
    near = judge.worthy(missed, least=judge.threshold - exploration.MARGIN, limit=room)
    by_id = {fit.profile.id: fit for fit in near}
    chance = exploration.chance(judge.exploration_share, shown=len(fits), candidates=len(near))
    taken = exploration.chosen(f"{demand.id}/{demand.version}", list(by_id), chance)
    return [*fits, *(replace(by_id[one], propensity=chance) for one in taken)]
