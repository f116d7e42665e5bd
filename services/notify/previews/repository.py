"""The look-ups of what came to an organisation in a span of time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.matcher import MatchSnapshot
from common.fields import OrganisationKey
from notify.deliveries.models import Delivery, KnownMatch
from notify.deliveries.news import CONFIRMATION, DIGEST_NEWS


async def matches(
    session: AsyncSession, organisation: OrganisationKey, *, since: datetime, limit: int
) -> list[tuple[datetime, MatchSnapshot]]:
    """Its matches that hold now and that were heard of since, the newest first, each with the moment of its version."""
    written = f"{organisation.scheme}:{organisation.code}"
    own = or_(KnownMatch.demand_owner == written, KnownMatch.profile_owner == written)
    rows = select(KnownMatch.arrived_at, KnownMatch.match).where(
        KnownMatch.match.is_not(None), own, KnownMatch.arrived_at >= since
    )
    found = await session.execute(rows.order_by(KnownMatch.arrived_at.desc()).limit(limit))
    return [(arrived_at, MatchSnapshot.read(match)) for arrived_at, match in found]


async def news(
    session: AsyncSession, organisation: OrganisationKey, *, since: datetime, limit: int
) -> Sequence[Delivery]:
    """What its subscriptions were told of beside matches, the newest first; the same news once for each of them."""
    own = and_(Delivery.organisation_scheme == organisation.scheme, Delivery.organisation_code == organisation.code)
    # A delivery of a match has no type, for which this does not hold either.
    is_news = Delivery.news_type.not_in((DIGEST_NEWS, CONFIRMATION))
    told = and_(own, is_news, Delivery.created_at >= since)
    return (await session.scalars(select(Delivery).where(told).order_by(Delivery.created_at.desc()).limit(limit))).all()
