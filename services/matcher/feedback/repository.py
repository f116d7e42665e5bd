"""SQL of outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.feedback.models import ReportedOutcome
from matcher.matching.models import Match, Ranking
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.profiles.models import Profile


@dataclass(frozen=True)
class Held:
    """A match with its receipt and both its sides as they are now."""

    match: Match
    ranking: Ranking
    demand: DemandCopy
    profile: Profile


def add(session: AsyncSession, outcome: ReportedOutcome) -> None:
    session.add(outcome)


async def forget(session: AsyncSession, outcomes: Sequence[ReportedOutcome]) -> None:
    await session.execute(delete(ReportedOutcome).where(ReportedOutcome.id.in_([one.id for one in outcomes])))


async def own_match(
    session: AsyncSession, organisation: OrganisationKey, match_id: UUID, *, lock: bool = False
) -> Held | None:
    """A match with this organisation on either side; `lock` it, and what is reported of it comes one by one."""
    key = (organisation.scheme, organisation.code)
    is_own = or_(
        tuple_(Match.demand_owner_scheme, Match.demand_owner_code) == key,
        tuple_(Match.profile_organisation_scheme, Match.profile_organisation_code) == key,
    )
    rows = (
        select(Match, Ranking, DemandCopy, Profile)
        .join(Ranking, Ranking.id == Match.ranking_id)
        .join(DemandCopy, DemandCopy.id == Match.demand_id)
        .join(Profile, Profile.id == Match.profile_id)
        .where(Match.id == match_id, is_own)
    )
    found = (await session.execute(rows.with_for_update(key_share=True, of=Match) if lock else rows)).first()
    return Held(*found) if found else None


async def of_match(session: AsyncSession, match_id: UUID) -> Sequence[ReportedOutcome]:
    """Oldest first."""
    rows = select(ReportedOutcome).where(ReportedOutcome.match_id == match_id)
    return (await session.scalars(rows.order_by(ReportedOutcome.reported_at, ReportedOutcome.id))).all()


async def listed(session: AsyncSession, match_id: UUID, page: PageRequest) -> Sequence[ReportedOutcome]:
    """Newest first, one more than the page holds."""
    rows = select(ReportedOutcome).where(ReportedOutcome.match_id == match_id)
    if page.after:
        rows = rows.where(tuple_(ReportedOutcome.reported_at, ReportedOutcome.id) < page.after)
    newest_first = rows.order_by(ReportedOutcome.reported_at.desc(), ReportedOutcome.id.desc())
    return (await session.scalars(newest_first.limit(page.limit + 1))).all()


async def everything(session: AsyncSession) -> Sequence[ReportedOutcome]:
    """By match, and oldest first within one."""
    rows = select(ReportedOutcome).order_by(ReportedOutcome.match_id, ReportedOutcome.reported_at, ReportedOutcome.id)
    return (await session.scalars(rows)).all()
