"""Finds whom to score: several short lists per language, fused into one."""

import asyncio
from uuid import UUID

from common.contracts.matcher import OFFER_FOR
from common.database import Database
from matcher.engine.ranking.ranker import fuse
from matcher.search import repository
from matcher.search.repository import By, Probe, Searched
from matcher.settings import MatcherSettings

DEMAND_FOR = {offer: kind for kind, offer in OFFER_FOR.items()}
"""Which kind of demand an offer answers."""


async def worth_scoring(
    database: Database, model_id: str, probe: Probe, among: Searched, settings: MatcherSettings
) -> list[UUID]:
    """Whom to score in full: everybody while they are few, else those that come first in the fused lists.

    Each language has lists of its own: cosines across languages are lower, and one list would hold one language only.
    What the lists are ordered by is searched for side by side, each on a connection of its own.
    """
    async with database.begin() as session:
        if not await repository.is_crowd(session, model_id, among, over=settings.considered):
            return await repository.everybody(session, model_id, among)

    async def lists(by: By) -> list[list[UUID]]:
        async with database.begin() as session:
            await repository.broaden(session, settings.ef_search)
            return await repository.search(session, model_id, probe, among, limit=settings.candidates, by=[by])

    found = await asyncio.gather(*map(lists, By))
    return fuse([each for some in found for each in some])[: settings.considered]
