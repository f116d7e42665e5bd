"""Puts the matcher together: its HTTP app, and the loops of its background work."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from common import deadlines
from common.audit.sealing import sealing
from common.bus import Bus
from common.clock import now
from common.database import Database
from common.figures import Measurement
from common.health import Troubles
from common.imports import routes as imports
from common.imports.worker import Importing
from common.permissions.table import of_service
from common.runtime import Loop, consuming, relaying
from common.web import Api, build_app
from matcher import consumers
from matcher.acts.models import ACTS
from matcher.contacts import routes as contacts
from matcher.demands import routes as demands
from matcher.dockings import clock
from matcher.dockings import routes as dockings
from matcher.dockings.meetings import routes as meetings
from matcher.engine.verification.claims import Verifies
from matcher.exposure import routes as exposure
from matcher.exposure.service import ExposureReports
from matcher.feedback import routes as feedback
from matcher.figures import figures as of_database
from matcher.imports.noun import Profiles
from matcher.mandates import routes as mandates
from matcher.matching import own
from matcher.matching import routes as matching
from matcher.matching.context import Desk
from matcher.matching.own import OwnMatches
from matcher.objections import clock as objection_clock
from matcher.objections import routes as objections
from matcher.probing.recall import Probing
from matcher.profiles import public
from matcher.profiles import routes as profiles
from matcher.profiles.public import PublicProfiles
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.upkeep.indexing import Upkeep
from matcher.vectors.encoders import Load, loader
from matcher.work.worker import Lane

LOADED_AFTER_S = 5.0
"""An idle `work` loads the model so long after its start, when it is ready: it then knows whether it could."""
DESCRIPTION = "Capability profiles, fits and matches, each with the reasons behind it."


def create_app(settings: MatcherSettings, *, load: Load | None = None) -> FastAPI:
    """The HTTP app. `load` stands in for the loading of embedding models."""

    @asynccontextmanager
    async def ready_to_judge(app: FastAPI) -> AsyncIterator[None]:
        database, most_bytes = app.state.database, settings.read_cache_mb * 2**20
        app.state.public_profiles = PublicProfiles(database, most_bytes=most_bytes // 2)
        app.state.imported = Profiles()
        app.state.own_matches = OwnMatches(database, most_bytes=most_bytes // 2)
        app.state.exposure = ExposureReports(database, settings)
        app.state.desk = _desk(database, settings, load)
        app.state.troubles = app.state.desk.encoders.troubles
        app.state.desk.encoders.begin_watch()
        try:
            yield
        finally:
            await app.state.desk.close()

    routers = [profiles.router, contacts.router, demands.router, matching.router, feedback.router]
    routers += [imports.router, dockings.router, meetings.router, mandates.router, exposure.router, objections.router]
    hot = (*public.HOT_READS, *own.HOT_READS)
    api = Api(routers, of_service("matcher"), hot)
    return build_app("matcher", settings, api, description=DESCRIPTION, extra=ready_to_judge)


class Work:
    """What `work` runs: the relay, the consumer of demands, one lane for demands, several for profiles."""

    def __init__(self, settings: MatcherSettings, *, load: Load | None = None) -> None:
        self._settings, self._load = settings, load
        self.troubles: Troubles = dict

    def __call__(self, database: Database, bus: Bus) -> Mapping[str, Loop]:
        settings = self._settings
        desk = _desk(database, settings, self._load)
        self.troubles = desk.encoders.troubles
        lanes = {"rank-demands": Lane(SubjectKind.DEMAND, desk).run}
        for number in range(1, settings.lanes + 1):
            lanes[f"rank-profiles-{number}"] = Lane(SubjectKind.PROFILE, desk).run
        lanes["importing"] = Importing(database, Profiles(), settings, settings.platform.tracks).run
        lanes["upkeep"] = Upkeep(database, settings).run
        lanes["probing"] = Probing(database, settings).run
        if settings.reader_url is not None:
            from matcher.work.reading import SecondReader

            lanes["read-matches"] = SecondReader(database, settings).run
        return {
            "relay": relaying(database, bus, "MATCHER", settings),
            "demands": consuming(database, bus, consumers.DEMANDS, consumers.demand_handler(database)),
            "contacts": consuming(database, bus, consumers.CONTACTS, consumers.contact_handler(database)),
            "validations": consuming(database, bus, consumers.VALIDATIONS, consumers.validation_handler(database)),
            "sealing": sealing(database, ACTS),
            "deadlines": deadlines.keeping(database, DUE, replan=_replan, every_s=clock.POLL_S, now=now),
            "model": partial(desk.encoders.watch, after_s=LOADED_AFTER_S),
            **lanes,
        }


DUE = {**clock.DUE, **objection_clock.DUE}
"""What the clock does, by the kind of deadline."""


async def _replan(session: AsyncSession, at: datetime) -> None:
    await clock.replan(session, at)
    await objection_clock.replan(session, at)


def figures(settings: MatcherSettings) -> Callable[[Database], Sequence[Measurement]]:
    return lambda database: of_database(database, settings, now)


def _desk(database: Database, settings: MatcherSettings, load: Load | None) -> Desk:
    """With a stand-in for the embedding model, or when the settings say so, the rules decide alone."""
    if load is not None or not settings.verifier:
        return Desk(database, settings, load or loader(settings))
    return Desk(database, settings, loader(settings), verifier=partial(_load_verifier, settings.platform.cache))


def _load_verifier(cache_dir: Path) -> Verifies:
    from matcher.engine.verification.verifier import load_verifier

    return load_verifier(cache_dir)
