"""Use cases of matches: showing them, and saying what comes nearest to one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.errors import NotFound
from common.pagination import PageRequest
from matcher.matching import reading, repository
from matcher.matching.judging import Fit, Standing
from matcher.matching.models import Match
from matcher.matching.ranking import Bench
from matcher.matching.rules import SubjectKind
from matcher.vectors import repository as vectors
from matcher.vectors.repository import StoredDemand, StoredProfile

NEAREST = 3
"""How many of those that are no match are shown with what they lack."""


async def listed(
    session: AsyncSession, caller: Principal, filters: repository.Filters, page: PageRequest
) -> Sequence[Match]:
    return await repository.listed(session, caller.organisation, filters, page)


async def shown(session: AsyncSession, caller: Principal, match_id: UUID) -> Match:
    """A match with the caller's organisation on either side; NotFound otherwise."""
    match = await repository.one(session, caller.organisation, match_id)
    if match is None:
        raise NotFound(f"You have no match {match_id}", f"您没有编号为 {match_id} 的撮合")
    return match


async def near_misses(session: AsyncSession, bench: Bench, demand_id: UUID) -> list[Fit]:
    """The best profiles of the demand's newest ranking that did not become matches, explained; best first."""
    ranking = await repository.newest_ranking(session, SubjectKind.DEMAND, demand_id)
    if ranking is None:
        return []
    matched = set(await repository.partners(session, SubjectKind.DEMAND, demand_id))
    missed = [pair for pair in zip(ranking.ids, ranking.scores, strict=True) if pair[0] not in matched][:NEAREST]
    demands = await vectors.demands(session, ranking.model_id, [demand_id])
    profiles = await vectors.profiles(session, ranking.model_id, [profile_id for profile_id, _ in missed])
    return await bench.run(_explained, bench, demands, profiles, dict(missed))


def _explained(
    bench: Bench,
    demands: Sequence[StoredDemand],
    profiles: Sequence[StoredProfile],
    scores: dict[UUID, float],
) -> list[Fit]:
    read = reading.read_profiles(profiles)
    standings = [
        Standing(demand, profile, scores[profile.id]) for demand in reading.read_demands(demands) for profile in read
    ]
    return [bench.judge.explained(standing) for standing in sorted(standings, key=lambda one: -one.score)]
