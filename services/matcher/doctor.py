"""What to examine of the matcher: besides what all services have, its model, its queue and its indexes."""

from pathlib import Path

from common import clock
from common.doctor.checks import COMMON
from common.doctor.examination import Examination, Examined
from common.doctor.results import CheckResult, fault, ok, warning
from common.doctor.sealing import sealed
from matcher.consumers import HEARD, handlers
from matcher.contacts.models import KnownContact
from matcher.jobs import repository as jobs
from matcher.jobs.repository import FRESH
from matcher.probing.recall import recall
from matcher.settings import MatcherSettings
from matcher.upkeep import repository as upkeep
from matcher.vectors import repository as vectors
from matcher.vectors.encoder import LAYOUT

MIGRATIONS = Path(__file__).parent / "migrations"
LATE_S, LEAST_RECALL = 120.0, 0.9
"""As the alerts JingqiaoMatchingLate and JingqiaoIndexRecallLow have them."""


def examination(settings: MatcherSettings) -> Examination:
    async def model(examined: Examined) -> list[CheckResult]:
        return [await _model(examined, settings)]

    async def indexes(examined: Examined) -> list[CheckResult]:
        return await _indexes(examined, settings)

    checks = {**COMMON, "model": model, "queue": _queue, "indexes": indexes, "sealing": sealed(KnownContact.metadata)}
    return Examination("matcher", settings, "MATCHER", HEARD, MIGRATIONS, checks, handlers)


async def _model(examined: Examined, settings: MatcherSettings) -> CheckResult:
    """Whether there is an active model, whether it is the one of the settings, and whether it is converted here."""
    async with examined.database.reading() as session:
        active = await vectors.active_model(session)
    if active is None:
        return warning(
            "model", "no model was used yet", "the first `python -m matcher work` registers the configured one"
        )
    if (active.engine, active.model) != (settings.engine, settings.model):
        seen = f"vectors are made by {active.engine} {active.model or 'bundled'}, not by the model of the settings"
        return warning("model", seen, "run `python -m matcher reindex` to move to it, or set MATCHER_MODEL back")
    folder = settings.platform.cache / active.id.removesuffix(f".{LAYOUT}")
    if settings.engine == "ctranslate2" and not folder.is_dir():
        return warning("model", f"{active.id} is not converted on this machine", "run `python -m matcher prepare`")
    return ok("model", f"{active.id} by {active.engine}")


async def _queue(examined: Examined) -> list[CheckResult]:
    """How many demands and profiles wait, and whether what somebody just published waits too long."""
    now = clock.now()
    async with examined.database.reading() as session:
        counts, since = await jobs.counts(session, now), await jobs.queued_since(session)
        failing = await jobs.failing(session)
    fresh_s = max(((now - at).total_seconds() for (_, urgency), at in since.items() if urgency == FRESH), default=0.0)
    seen = f"{sum(counts.values())} wait, the oldest fresh one {fresh_s:.0f} s"
    results = [ok("queue", seen)]
    if fresh_s > LATE_S:
        results = [fault("queue", seen, "start `python -m matcher work`; run more of it if its log shows it at work")]
    if failing:
        named = ", ".join(f"{reason} ({count})" for reason, count in failing)
        results.append(warning("jobs", f"tried and failed: {named}", "look for jobs_not_embedded and jobs_not_ranked"))
    return results


async def _indexes(examined: Examined, settings: MatcherSettings) -> list[CheckResult]:
    """Whether worthwhile indexes are there, and what searches find of the nearest."""
    async with examined.database.reading() as session:
        wanted = await upkeep.worthwhile_indexes(session, above=settings.exact_below)
        lacking = await upkeep.lacking_count(session, wanted)
    if lacking:
        remedy = "wait while the log of `python -m matcher work` says index_begun; raise MATCHER_INDEX_MEMORY_MB"
        return [warning("indexes", f"{lacking} of {len(wanted)} are not built: searches read all vectors", remedy)]
    shares = await recall(examined.database, settings, clock.now())
    if not shares:
        return [ok("indexes", "none would pay: searches are exact")]
    worst = min(shares.values())
    seen = f"{len(wanted)}, which find {worst:.0%} of the nearest at worst"
    if worst < LEAST_RECALL:
        return [warning("indexes", seen, "raise MATCHER_EF_SEARCH, or drop the index (hnsw_…): upkeep builds it anew")]
    return [ok("indexes", seen)]
