"""Has a second reader look at clauses that announced matches left open, bounded in tries and cost."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import correlation
from common.clock import now
from common.database import Database
from common.waiting import first_of
from matcher.matching import readings
from matcher.matching.readings import Subject
from matcher.reader import checks, repository
from matcher.reader.client import Completed, Endpoint, Failed
from matcher.reader.repository import RETRY_DELAYS_S, ClaimedReading, Limits
from matcher.settings import MatcherSettings

log = structlog.get_logger()
POLL_S = 5.0
MOST_TRIES = len(RETRY_DELAYS_S)
_LEASE_MARGIN_S = 30.0


class SecondReader:
    """The loop; several, here or elsewhere, share the jobs and the account of the day."""

    def __init__(self, database: Database, settings: MatcherSettings) -> None:
        assert settings.reader_url is not None
        self._database, self._lease_s = database, settings.reader_timeout_s + _LEASE_MARGIN_S
        self._limits = Limits(settings.reader_daily_requests, settings.reader_daily_tokens)
        key = settings.reader_key.get_secret_value()
        self._endpoint = Endpoint(settings.reader_url, settings.reader_model, key, settings.reader_timeout_s)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raises when the database goes away: run it again."""
        while not stop.is_set():
            if not await self.step():
                await first_of(stop, within_s=await self._rest_s())

    async def step(self, at: datetime | None = None) -> bool:
        """Claim one job and settle it one way or another; whether there was one.

        at  the present moment; None takes the clock's
        """
        at = at or now()
        async with self._database.begin() as session:
            job = await repository.claim(session, at, lease_s=self._lease_s)
        if job is None:
            return False
        with correlation.bound(job.correlation_id):
            await self._read(job, at)
        return True

    async def _read(self, job: ClaimedReading, at: datetime) -> None:
        async with self._database.begin() as session:
            subject = await readings.subject(session, job.match_id)
            # A try that crashed the worker counts as well, or one match could do so for ever.
            if subject is None or job.attempt_count > MOST_TRIES:
                await repository.finish(session, job)
                return
        cost = subject.asked.token_bound
        async with self._database.begin() as session:
            has_room = await repository.reserve(session, at.date(), cost, self._limits)
            if not has_room:
                await repository.put_back(session, job, "budget", _next_day(at), counts=False)
        if has_room:
            answer = await self._endpoint.ask(subject.asked.messages)
            await self._settle(job, subject, answer, at)

    async def _settle(self, job: ClaimedReading, subject: Subject, answer: Completed | Failed, at: datetime) -> None:
        cost = subject.asked.token_bound
        async with self._database.begin() as session:
            await repository.settle(session, at.date(), reserved=cost, used=_used(answer, cost))
            if isinstance(answer, Failed):
                await self._try_again(session, job, answer, at)
            elif (answers := checks.parsed(answer.content)) is None:
                await self._try_again(session, job, Failed("answer_unreadable"), at)
            else:
                found = checks.checked(subject.asked, answers)
                # The match before its job, as whoever records a ranking locks them.
                if await readings.locked(session, subject) is not None and await repository.hold(session, job):
                    await readings.add(session, subject, found, self._endpoint.model, _used(answer, cost), at)
                await repository.finish(session, job)

    async def _try_again(self, session: AsyncSession, job: ClaimedReading, failed: Failed, at: datetime) -> None:
        log.warning("second_reading_failed", reason=failed.reason, attempt_count=job.attempt_count)
        if job.attempt_count >= MOST_TRIES:
            await repository.finish(session, job)
            return
        rest_s = max(RETRY_DELAYS_S[job.attempt_count - 1], failed.rest_s)
        await repository.put_back(session, job, failed.reason, at + timedelta(seconds=rest_s), counts=True)

    async def _rest_s(self) -> float:
        """Until the next job is ready, at most POLL_S."""
        async with self._database.begin() as session:
            ready_at = await repository.next_ready_at(session)
        return min(max((ready_at - now()).total_seconds(), 0.05), POLL_S) if ready_at else POLL_S


def _used(answer: Completed | Failed, reserved: int) -> int:
    """Tokens to count: what the endpoint says if that can be, nothing of a refusal, else what was reserved."""
    if isinstance(answer, Failed):
        return 0 if answer.is_refusal else reserved
    return answer.tokens if 0 < answer.tokens <= reserved else reserved


def _next_day(at: datetime) -> datetime:
    day = at.astimezone(UTC) + timedelta(days=1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
