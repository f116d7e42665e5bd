"""Finds whom to score: several short lists per language, fused into one."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.matcher import OFFER_FOR
from matcher.engine.ranking import fuse
from matcher.settings import MatcherSettings
from matcher.vectors import repository
from matcher.vectors.repository import Filters, Probe

DEMAND_FOR = {offer: kind for kind, offer in OFFER_FOR.items()}
"""Which kind of demand an offer answers."""


async def worth_scoring(
    session: AsyncSession, model_id: str, probe: Probe, filters: Filters, settings: MatcherSettings
) -> list[UUID]:
    """Whom to score in full: everybody while they are few, else those that come first in the fused lists.

    Each language has lists of its own: cosines across languages are lower, and one list would hold one language only.
    """
    everybody = await repository.some(session, model_id, filters, limit=settings.considered + 1)
    if len(everybody) <= settings.considered:
        return everybody
    await repository.broaden(session, settings.ef_search)
    lists = await repository.search(session, model_id, probe, filters, limit=settings.candidates)
    return fuse(lists)[: settings.considered]
