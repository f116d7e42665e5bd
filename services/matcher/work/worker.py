"""Takes jobs: embeds a batch at once, ranks each, commits what was found; killed anywhere, it loses nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation, tracing
from common.clock import now
from common.errors import Problem
from common.waiting import first_of
from matcher import metrics
from matcher.coefficients import repository as coefficients
from matcher.jobs import repository
from matcher.jobs.repository import Claimed
from matcher.matching import record
from matcher.matching.context import Desk, Seat
from matcher.matching.rank import rank_demands, rank_profiles
from matcher.matching.record import Announced, Ranked
from matcher.subjects.kind import SubjectKind
from matcher.vectors import repository as vectors
from matcher.work.embedding import embed, versions_held

log = structlog.get_logger()
POLL_S = 5.0
"""Notifications can be missed; this is how long a missed one may go unnoticed."""


class Lane:
    """One batch after another of one kind of subject; several lanes, here or elsewhere, share the jobs."""

    def __init__(self, kind: SubjectKind, desk: Desk) -> None:
        self._kind, self._desk, self._database, self._settings = kind, desk, desk.database, desk.settings

    @property
    def _at_once(self) -> int:
        """A whole batch of profiles; of demands the freshest and the oldest: the next fresh one waits for two."""
        return self._settings.batch_jobs if self._kind is SubjectKind.PROFILE else min(2, self._settings.batch_jobs)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, finishing the batch in hand. Raises when the database goes away: run it again."""
        woken = asyncio.Event()
        async with repository.wake_ups(self._database.dsn, woken) as connection:
            while not stop.is_set():
                woken.clear()
                if not await self.step():
                    await first_of(woken, stop, within_s=await self._rest_s())
                if connection.is_closed():
                    return

    async def step(self) -> bool:
        """Claim one batch and finish it or put it back; whether there was one."""
        async with self._database.begin() as session:
            jobs = await repository.claim(
                session, self._kind, now(), limit=self._at_once, lease_s=self._settings.lease_s
            )
        if not jobs:
            return False
        async with self._kept(jobs):
            await self._worked(jobs)
        return True

    async def _worked(self, jobs: Sequence[Claimed]) -> None:
        try:
            seat = await self._desk.seat()
            with metrics.STAGE.labels(self._kind, "embed").time():
                await embed(self._database, seat.encoder, self._kind, [job.subject_id for job in jobs])
        # A batch's edge: one poisoned text must not hold up the others, so each is tried alone.
        except Exception as error:
            if len(jobs) > 1 and not isinstance(error, Problem):
                log.warning("batch_taken_apart", kind=self._kind, reason=type(error).__name__)
                for job in jobs:
                    await self._worked([job])
                return
            log.warning("jobs_not_embedded", kind=self._kind, reason=_reason(error), exc_info=_unexpected(error))
            await self._put_back(jobs, error)
            return
        at_once = len(jobs) if self._kind is SubjectKind.PROFILE else 1
        for start in range(0, len(jobs), at_once):
            await self._ranked(seat, jobs[start : start + at_once])

    async def _ranked(self, seat: Seat, jobs: Sequence[Claimed]) -> None:
        """Rank and commit: profiles together, since most match nothing; demands singly, since somebody waits."""
        try:
            with metrics.STAGE.labels(self._kind, "rank").time():
                await self._settled(seat, jobs)
        # A batch's edge: whatever went wrong with one is kept with its job, and the others are tried without it.
        except Exception as error:
            log.warning("jobs_not_ranked", kind=self._kind, reason=_reason(error), exc_info=_unexpected(error))
            if len(jobs) == 1 or isinstance(error, Problem):
                await self._put_back(jobs, error)
                return
            for job in jobs:
                await self._ranked(seat, [job])

    async def _settled(self, seat: Seat, jobs: Sequence[Claimed]) -> None:
        rank = rank_demands if self._kind is SubjectKind.DEMAND else partial(rank_profiles, at=now())
        began_ns = time.time_ns()
        results = {one.subject_id: one for one in await rank(self._desk, seat, [job.subject_id for job in jobs])}
        async with self._database.begin() as session:
            # Model before jobs before subjects, as everywhere: nobody then waits in a circle.
            is_current = await self._is_current(session, seat)
            held = await repository.hold(session, jobs) if is_current else []
            done = sorted((job for job in held if job.subject_id in results), key=lambda job: job.subject_id)
            news = {}
            for job in done:
                with correlation.bound(job.correlation_id), _span(job, began_ns):
                    news[job] = await record.record(
                        session,
                        results[job.subject_id],
                        now(),
                        match_limit=self._settings.match_limit,
                        is_read=self._settings.reader_url is not None,
                    )
            await repository.finish(session, done)
            if lacking := [job for job in held if job not in done]:
                await self._without_vectors(session, lacking)
            await repository.release(session, jobs)
        for job, announced in news.items():
            _report(job, results[job.subject_id], announced)

    async def _without_vectors(self, session: AsyncSession, jobs: Sequence[Claimed]) -> None:
        """End the jobs of what closed before it was read, since it never will be; the others are tried again."""
        open_now = await versions_held(session, self._kind, [job.subject_id for job in jobs])
        ended = [job for job in jobs if job.subject_id not in open_now]
        await repository.finish(session, ended)
        for job in ended:
            metrics.JOBS_DONE.labels(job.kind, "ended").inc()
            log.info("job_ended", kind=job.kind, subject_id=str(job.subject_id), reason="not_open")
        for job in jobs:
            if job not in ended:
                await repository.put_back(session, job, "no_vectors", now())

    async def _is_current(self, session: AsyncSession, seat: Seat) -> bool:
        """Whether model and coefficients are those in use; if so they stay it until the transaction ends."""
        has_model = await vectors.is_held_active(session, seat.model_id)
        return has_model and await coefficients.active_version(session) == seat.learnt

    async def _put_back(self, jobs: Sequence[Claimed], error: Exception) -> None:
        metrics.JOBS_DONE.labels(self._kind, "put_back").inc(len(jobs))
        for job in jobs:
            async with self._database.begin() as session:
                await repository.put_back(session, job, _reason(error), now())

    @asynccontextmanager
    async def _kept(self, jobs: Sequence[Claimed]) -> AsyncIterator[None]:
        """Renew the jobs' lease for as long as the block runs."""
        renewing = asyncio.create_task(self._renew(jobs), name="lease")
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, jobs: Sequence[Claimed]) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            try:
                async with self._database.begin() as session:
                    await repository.renew(session, jobs, now(), lease_s=self._settings.lease_s)
            except Problem as error:
                log.warning("lease_not_renewed", reason=error.code)

    async def _rest_s(self) -> float:
        """Until the next job that waits for another try, at most POLL_S."""
        async with self._database.begin() as session:
            ready_at = await repository.next_ready_at(session, self._kind)
        return min(max((ready_at - now()).total_seconds(), 0.05), POLL_S) if ready_at else POLL_S


def _span(job: Claimed, began_ns: int) -> AbstractContextManager[object]:
    about = {f"jingqiao.{job.kind}.id": str(job.subject_id)}
    return tracing.span(f"rank {job.kind}", parent=job.traceparent, attributes=about, started_ns=began_ns)


def _report(job: Claimed, ranked: Ranked, announced: Announced) -> None:
    """One log line and the figures of a committed ranking: who was matched, as ids; of nothing found at DEBUG only."""
    metrics.JOBS_DONE.labels(job.kind, "ranked").inc()
    metrics.MATCHES.labels("computed").inc(len(announced.computed))
    metrics.MATCHES.labels("lapsed").inc(len(announced.lapsed))
    is_news = ranked.fits or announced.computed or announced.lapsed
    (log.info if is_news else log.debug)(
        "ranked",
        kind=job.kind,
        subject_id=str(job.subject_id),
        subject_version=ranked.subject_version,
        considered_count=len(ranked.standings),
        fit_ids=[str(ranked.partner(fit)[0]) for fit in ranked.fits],
        computed_match_ids=[str(one) for one in announced.computed],
        lapsed_match_ids=[str(one) for one in announced.lapsed],
        correlation_id=job.correlation_id,
    )


def _reason(error: Exception) -> str:
    """A word for the job and the log: never the error's text, which may quote a profile."""
    return error.code if isinstance(error, Problem) else type(error).__name__


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, Problem) else error
