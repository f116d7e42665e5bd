"""Use cases of matches: showing them, and saying what comes nearest to one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.errors import NotFound
from common.fields import OrganisationKey
from common.roles import Role
from matcher.matching import repository
from matcher.matching.context import Desk, Seat
from matcher.matching.filters import MatchFilters, Window
from matcher.matching.judge import Fit
from matcher.matching.models import Match, Ranking
from matcher.matching.rank import rank_demands
from matcher.matching.schemas import Matching
from matcher.reader import repository as reader
from matcher.reader.models import KeptReading
from matcher.subjects.kind import SubjectKind

NEAREST = 3
"""How many of those that are no match are shown with what they lack."""


@dataclass(frozen=True)
class Listing:
    """Up to `limit + 1` matches, and how far the matching of what was asked for has come."""

    matches: Sequence[Match]
    matching: Matching


async def listed(session: AsyncSession, organisation: OrganisationKey, filters: MatchFilters, page: Window) -> Listing:
    # Whether something waits is asked first: what is matched in between is then in the list.
    progress = matching(*await repository.progress(session, organisation, filters))
    return Listing(await repository.listed(session, organisation, filters, page), progress)


def matching(is_known: bool, is_pending: bool) -> Matching:
    """How far the matching of what was asked for has come."""
    if not is_known:
        return Matching.UNKNOWN
    return Matching.PENDING if is_pending else Matching.DONE


async def shown(session: AsyncSession, caller: Principal, match_id: UUID) -> Match:
    """A match with the caller's organisation on either side; NotFound otherwise."""
    match = await repository.one(session, caller.organisation, match_id)
    if match is None:
        raise NotFound(f"You have no match {match_id}", f"您没有编号为 {match_id} 的撮合")
    return match


async def near_misses(desk: Desk, seat: Seat, demand_id: UUID) -> list[Fit]:
    """The best public profiles there are now that are no matches of the demand, explained; best first."""
    async with desk.database.begin() as session:
        matched = (await repository.partners(session, SubjectKind.DEMAND, [demand_id])).get(demand_id, [])
    missed = [
        standing
        for ranked in await rank_demands(desk, seat, [demand_id])
        for standing in ranked.standings
        if standing.profile.id not in matched and standing.is_admitted and standing.profile.is_public
    ]
    return await desk.run(seat.judge.explained_all, missed[:NEAREST])


class SeenRanking(NamedTuple):
    """A receipt as a caller may see it.

    only  those of whom the caller may see the lines; None: everybody's
    """

    ranking: Ranking
    only: frozenset[UUID] | None


async def ranking(session: AsyncSession, caller: Principal, ranking_id: UUID) -> SeenRanking:
    """A receipt: whole for the organisation it was computed for, reviewers, operators and auditors; its own lines for
    one that it matched; NotFound for others."""
    found = await repository.ranking(session, ranking_id)
    if found is not None and await _sees_all(session, caller, found):
        return SeenRanking(found, None)
    if found is None or not await repository.has_match_of(session, caller.organisation, found):
        raise NotFound(f"You have no ranking {ranking_id}", f"您没有编号为 {ranking_id} 的排序记录")
    return SeenRanking(found, await repository.own_partners(session, caller.organisation, found))


async def readable(session: AsyncSession, caller: Principal, ranking_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Of these receipts, those that the caller may see."""
    found = set()
    for each in ranking_ids:
        with suppress(NotFound):
            found.add((await ranking(session, caller, each)).ranking.id)
    return frozenset(found)


async def receipt(
    session: AsyncSession, caller: Principal, ranking_id: UUID
) -> tuple[SeenRanking, Sequence[KeptReading]]:
    """A receipt with what a second reader said of its matches; to whom, and of whose, as above."""
    seen = await ranking(session, caller, ranking_id)
    readings = await reader.readings_of(session, ranking_id)
    if seen.only is not None:
        own = await repository.matches_with(session, seen.ranking, seen.only)
        readings = [reading for reading in readings if reading.match_id in own]
    return seen, readings


async def _sees_all(session: AsyncSession, caller: Principal, ranking: Ranking) -> bool:
    if caller.roles & {Role.OPERATOR, Role.REVIEWER, Role.AUDITOR}:
        return True
    return await repository.is_subject_of(session, caller.organisation, ranking.subject_id)
