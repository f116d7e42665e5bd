"""What the matcher's database tells of its state, for the page of metrics."""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.contracts.dockings import DockingState
from common.database import Database
from common.figures import Measurement
from matcher import metrics
from matcher.dockings import repository as dockings
from matcher.jobs import repository as jobs
from matcher.jobs.repository import FRESH, PATIENT, JobState
from matcher.settings import MatcherSettings
from matcher.subjects.kind import SubjectKind
from matcher.upkeep import repository as upkeep

A_DAY_S = 86_400
URGENCIES = {FRESH: "fresh", PATIENT: "patient"}


def figures(database: Database, settings: MatcherSettings, now: Callable[[], datetime]) -> Sequence[Measurement]:
    async def queue() -> None:
        async with database.reading() as session:
            counts = await jobs.counts(session, now())
            waiting = await jobs.queued_since(session)
        for kind in SubjectKind:
            for state in JobState:
                metrics.JOBS.labels(kind, state).set(counts.get((kind, state), 0))
            for urgency, name in URGENCIES.items():
                since = waiting.get((kind, urgency))
                metrics.OLDEST_JOB_S.labels(kind, name).set((now() - since).total_seconds() if since else 0.0)

    async def indexes() -> None:
        async with database.reading() as session:
            wanted = await upkeep.worthwhile_indexes(session, above=settings.exact_below)
            metrics.INDEXES_LACKING.set(await upkeep.lacking_count(session, wanted))

    async def of_dockings() -> None:
        async with database.reading() as session:
            counted = await dockings.counts(session)
        for state in DockingState:
            metrics.DOCKINGS.labels(state).set(counted.states.get(state, 0))
        for name, span in counted.spans.items():
            for quantile, days in (("0.5", span.median_days), ("0.9", span.p90_days)):
                metrics.DOCKING_S.labels(name, quantile).set(float("nan") if days is None else days * A_DAY_S)

    return [
        Measurement("jobs", (metrics.JOBS, metrics.OLDEST_JOB_S), queue),
        Measurement("dockings", (metrics.DOCKINGS, metrics.DOCKING_S), of_dockings),
        Measurement("indexes", (metrics.INDEXES_LACKING,), indexes),
    ]
