"""Takes jobs: embeds a batch at once, ranks each, commits what was found; killed anywhere, it loses nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from common import correlation
from common.clock import now
from common.errors import Problem
from common.waiting import first_of
from matcher.matching import recording
from matcher.matching.desk import Desk, Seat
from matcher.matching.ranking import rank
from matcher.matching.rules import SubjectKind
from matcher.vectors import repository as vectors
from matcher.work import repository
from matcher.work.embedding import embed
from matcher.work.repository import Claimed

log = structlog.get_logger()
POLL_S = 5.0
"""Notifications can be missed; this is how long a missed one may go unnoticed."""


class Lane:
    """One batch after another of one kind of subject; several lanes, here or elsewhere, share the jobs."""

    def __init__(self, kind: SubjectKind, desk: Desk) -> None:
        self._kind, self._desk, self._database, self._settings = kind, desk, desk.database, desk.settings

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
                session, self._kind, limit=self._settings.batch_jobs, lease_s=self._settings.lease_s
            )
        if not jobs:
            return False
        async with self._kept(jobs):
            await self._worked(jobs)
        return True

    async def _worked(self, jobs: Sequence[Claimed]) -> None:
        try:
            seat = await self._desk.seat()
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
        for job in jobs:
            await self._ranked(seat, job)

    async def _ranked(self, seat: Seat, job: Claimed) -> None:
        correlation.bind(job.correlation_id)
        try:
            ranked = await rank(self._desk, seat, job.kind, job.subject_id)
            async with self._database.begin() as session:
                # Model before job before subject, as everywhere: nobody then waits in a circle.
                is_current = await vectors.is_held_active(session, seat.model_id)
                if not (await repository.holds(session, job) and is_current):
                    await repository.release(session, [job])
                elif ranked is None:
                    await repository.put_back(session, job, "no_vectors")
                else:
                    await recording.record(session, ranked, match_limit=self._settings.match_limit)
                    await repository.finish(session, [job])
        # A job's edge: whatever went wrong is kept with the job, which is tried again later.
        except Exception as error:
            log.warning("job_not_ranked", kind=job.kind, reason=_reason(error), exc_info=_unexpected(error))
            await self._put_back([job], error)
        finally:
            correlation.bind(None)

    async def _put_back(self, jobs: Sequence[Claimed], error: Exception) -> None:
        for job in jobs:
            async with self._database.begin() as session:
                await repository.put_back(session, job, _reason(error))

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
                    await repository.renew(session, jobs, lease_s=self._settings.lease_s)
            except Problem as error:
                log.warning("lease_not_renewed", reason=error.code)

    async def _rest_s(self) -> float:
        """Until the next job that waits for another try, at most POLL_S."""
        async with self._database.begin() as session:
            ready_at = await repository.next_ready_at(session, self._kind)
        return min(max((ready_at - now()).total_seconds(), 0.05), POLL_S) if ready_at else POLL_S


def _reason(error: Exception) -> str:
    """A word for the job and the log: never the error's text, which may quote a profile."""
    return error.code if isinstance(error, Problem) else type(error).__name__


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, Problem) else error
