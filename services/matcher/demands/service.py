"""Use cases of demand copies: taking over what events say, and telling owners what was found."""

from datetime import datetime
from math import ceil
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.catalog import DemandSnapshot
from common.contracts.words import DemandState
from common.fields import OrganisationKey
from matcher.demands.schemas import NearestOut, NearOut
from matcher.jobs import repository as jobs
from matcher.matching import record
from matcher.matching.context import Desk
from matcher.matching.filters import MatchFilters, Window
from matcher.matching.judge import Fit
from matcher.matching.service import Listing, listed, near_misses
from matcher.subjects.demands import repository, rules
from matcher.subjects.kind import SubjectKind
from matcher.twins import lookup as twins
from matcher.vectors import repository as vectors


async def receive(session: AsyncSession, snapshot: DemandSnapshot, at: datetime) -> None:
    """Take over a demand's state as announced; an older version than the one here changes nothing."""
    state = rules.state_in_known_words(snapshot)
    is_open = rules.is_open(state, snapshot.closes_at, at)
    # Job before subject, as everywhere: workers lock in this order too.
    if is_open:
        await jobs.enqueue(session, SubjectKind.DEMAND, [snapshot.id], at)
    if not await repository.keep_newer(session, snapshot, state, at):
        await _end_if_closed(session, snapshot.id)
        return
    await _keep_findable(session, snapshot, state)
    if is_open:
        return
    await jobs.cancel(session, SubjectKind.DEMAND, snapshot.id)
    await vectors.close_demand(session, snapshot.id)
    await record.end(session, SubjectKind.DEMAND, snapshot.id, at)


async def _end_if_closed(session: AsyncSession, demand_id: UUID) -> None:
    """An old announcement that arrives late queues a demand that has closed since: it would never be read."""
    if not await repository.versions_held(session, [demand_id]):
        await jobs.cancel(session, SubjectKind.DEMAND, demand_id)


async def _keep_findable(session: AsyncSession, snapshot: DemandSnapshot, state: DemandState) -> None:
    """As a twin: what has closed repeats things too, what was withdrawn does not."""
    if state in rules.SHOWN:
        await twins.keep(session, twins.DEMANDS, {snapshot.id: twins.words_of_demand(snapshot)})
    else:
        await twins.forget(session, twins.DEMANDS, snapshot.id)


async def matches(session: AsyncSession, organisation: OrganisationKey, demand_id: UUID, page: Window) -> Listing:
    """Current matches of the organisation's own demand. Raises NotFound for another's."""
    demand = await repository.own(session, organisation, demand_id)
    return await listed(session, organisation, MatchFilters(demand_id=demand.id), page)


async def nearest(desk: Desk, organisation: OrganisationKey, demand_id: UUID) -> NearestOut:
    """The best of those that are no matches; nobody while the demand still waits to be read."""
    async with desk.database.begin() as session:
        demand = await repository.own(session, organisation, demand_id)
    seat = await desk.seat()
    fits = await near_misses(desk, seat, demand.id)
    return NearestOut(
        demand_id=demand.id,
        demand_version=demand.version,
        least_fit=ceil(seat.judge.threshold),
        nearest=tuple(_near(fit) for fit in fits),
    )


def _near(fit: Fit) -> NearOut:
    return NearOut(
        profile_id=fit.profile.id,
        profile_version=fit.profile.version,
        profile_headline=fit.profile.offer.headline,
        profile_organisation=fit.profile.organisation,
        profile_organisation_name=fit.profile.organisation_name,
        fit=fit.fit,
        band=fit.band,
        summary=fit.summary,
        verdicts=fit.verdicts,
    )
