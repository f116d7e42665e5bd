"""Measures now and then what share of the truly nearest the searches by index find."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.matcher import OFFER_FOR
from common.database import Database
from common.waiting import first_of
from matcher import metrics
from matcher.matching.shortlist import DEMAND_FOR
from matcher.probing import repository
from matcher.search import repository as search
from matcher.search.repository import ActiveProfiles, By, OpenDemands, Probe, Searched
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.upkeep.repository import worthwhile_indexes
from matcher.vectors import repository as vectors

log = structlog.get_logger()
SAMPLE = 4
"""Demands, and as many profiles, whose nearest are looked for: with 20 of each list a face has 160 places to miss."""
NEAREST = 20
EXACT_WITHIN_S = 120.0
"""An exact search reads every vector: about a second for a million."""
FACES = {SubjectKind.PROFILE: ("headline", "body"), SubjectKind.DEMAND: ("title", "body")}
"""By what is searched among, the columns in the order of the lists."""
LISTS = (By.TITLE, By.BODY)


async def recall(database: Database, settings: MatcherSettings, at: datetime) -> dict[tuple[SubjectKind, str], float]:
    """For each searched kind and face the share found, 0.0 … 1.0; nothing where no index is used or nobody is there.

    Costs 2 · SAMPLE searches by index and as many exact ones, one after another.
    """
    async with database.begin() as session:
        model = await vectors.active_model(session)
        wanted = await worthwhile_indexes(session, above=settings.exact_below)
        if model is None or not wanted:
            return {}
        probes = await _probes(session, model.id, at)
    found: Counter[tuple[SubjectKind, str]] = Counter()
    there: Counter[tuple[SubjectKind, str]] = Counter()
    for probe, among in probes:
        searched = SubjectKind.DEMAND if isinstance(among, OpenDemands) else SubjectKind.PROFILE
        by_index = await _nearest(database, model.id, probe, among, settings.ef_search)
        exact = await _nearest(database, model.id, probe, among, None)
        for number, (some, all_of_them) in enumerate(zip(by_index, exact, strict=True)):
            face = (searched, FACES[searched][number % len(LISTS)])
            found[face] += len(set(some) & set(all_of_them))
            there[face] += len(all_of_them)
    return {face: found[face] / count for face, count in there.items() if count}


async def _probes(session: AsyncSession, model_id: str, at: datetime) -> list[tuple[Probe, Searched]]:
    """Some demands to search profiles by, and some profiles to search demands by."""
    demands = await repository.sample_demands(session, model_id, SAMPLE)
    profiles = await repository.sample_profiles(session, model_id, SAMPLE)
    return [
        *((Probe(one.title, one.body, ()), ActiveProfiles(OFFER_FOR[one.kind])) for one in demands),
        *((Probe(one.title, one.body, ()), OpenDemands(at, kind=DEMAND_FOR[one.kind])) for one in profiles),
    ]


async def _nearest(
    database: Database, model_id: str, probe: Probe, among: Searched, ef_search: int | None
) -> Sequence[Sequence[object]]:
    """The lists that a search brings, by index as `ef_search` says, or exactly."""
    async with database.begin() as session:
        if ef_search is None:
            await repository.search_exactly(session, within_s=EXACT_WITHIN_S)
        else:
            await search.broaden(session, ef_search)
        return await search.search(session, model_id, probe, among, limit=NEAREST, by=LISTS)


class Probing:
    """The loop that measures recall every `probe_every_s` seconds and shows it as a metric."""

    def __init__(self, database: Database, settings: MatcherSettings) -> None:
        self._database, self._settings = database, settings

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.step(now())
            await first_of(stop, within_s=self._settings.probe_every_s)

    async def step(self, at: datetime) -> None:
        measured = await recall(self._database, self._settings, at)
        metrics.RECALL.clear()
        for (kind, face), share in measured.items():
            metrics.RECALL.labels(kind, face).set(share)
            log.info("index_probed", subject=kind, face=face, recall=round(share, 3))
        metrics.PROBED_AT.set(at.timestamp())
