"""Finds whom to score: several short lists per language, fused into one."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.matcher import OFFER_FOR, OfferKind
from common.fields import Language
from matcher.engine.ranking import fuse
from matcher.settings import MatcherSettings
from matcher.vectors import repository
from matcher.vectors.models import EmbeddingModel
from matcher.vectors.repository import DemandFilters, Probe

LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEMAND_FOR = {offer: kind for kind, offer in OFFER_FOR.items()}
"""Which kind of demand an offer answers."""


async def profiles_near(
    session: AsyncSession, model: EmbeddingModel, probe: Probe, offer_kind: OfferKind, settings: MatcherSettings
) -> list[UUID]:
    """Active profiles worth scoring, most promising first.

    Each language has lists of its own: cosines across languages are lower, and one list would hold one language only.
    """
    await repository.broaden(session, settings.ef_search)
    lists = [
        one
        for language in LANGUAGES
        for one in await repository.search_profiles(
            session, model, probe, offer_kind, language, limit=settings.candidates
        )
    ]
    return fuse(lists)[: settings.considered]


async def demands_near(
    session: AsyncSession, model: EmbeddingModel, probe: Probe, filters: DemandFilters, settings: MatcherSettings
) -> list[UUID]:
    """Open demands worth scoring, most promising first."""
    await repository.broaden(session, settings.ef_search)
    lists = [
        one
        for language in LANGUAGES
        for one in await repository.search_demands(session, model, probe, filters, language, limit=settings.candidates)
    ]
    return fuse(lists)[: settings.considered]
