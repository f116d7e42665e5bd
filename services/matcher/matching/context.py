"""Where judging is done: the embedder in use, a judge that knows it, and a thread for the heavy part."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, TypeVar

from common.database import Database
from common.errors import Unavailable
from common.turns import FairGate
from matcher.coefficients import in_use
from matcher.coefficients import repository as coefficients
from matcher.coefficients.models import Coefficients
from matcher.engine.embedding import ModelUnavailable
from matcher.engine.verification.claims import Verifies
from matcher.matching.cache import Shelf
from matcher.matching.decode import read_demand, read_profile
from matcher.matching.judge import Judge, ReadDemand, ReadProfile
from matcher.settings import MatcherSettings
from matcher.vectors.encoder import Encoder
from matcher.vectors.encoders import Encoders, Load
from matcher.vectors.repository import StoredDemand, StoredProfile

Result = TypeVar("Result")
LoadVerifier = Callable[[], Verifies]
"""Gives a ready verifier; slow, and raises ModelUnavailable."""


@dataclass(frozen=True)
class Seat:
    """An encoder, and the judge whose ranker was told how its cosines lie. Neither outlives a change of model.

    learnt  the version of the coefficients that training switched to; None for the shipped ones
    """

    encoder: Encoder
    judge: Judge
    learnt: str | None

    @property
    def model_id(self) -> str:
        return self.encoder.model_id


class Desk:
    """One per process. Close it on the event loop it was used on."""

    def __init__(
        self, database: Database, settings: MatcherSettings, load: Load, *, verifier: LoadVerifier | None = None
    ) -> None:
        """verifier  loads what confirms the rules' verdicts; None lets the rules decide alone"""
        self.database, self.settings, self._load_verifier = database, settings, verifier
        self._verifier: Verifies | None = None
        self.encoders = Encoders(database, settings, load)
        self.gate = FairGate(
            at_once=settings.answers_at_once,
            most_waiting=settings.answer_queue,
            limit_s=settings.answer_limit_s,
            name="answers",
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judge")
        self._seat: Seat | None = None
        self.demands: Shelf[StoredDemand, ReadDemand] = Shelf(read_demand, attrgetter("id"), attrgetter("size"))
        self.profiles: Shelf[StoredProfile, ReadProfile] = Shelf(read_profile, attrgetter("id"), attrgetter("size"))

    async def seat(self) -> Seat:
        """Raises Unavailable when there is no usable model."""
        encoder = await self.encoders.current()
        async with self.database.begin() as session:
            learnt = await coefficients.active(session)
        version = in_use.version(learnt)
        if self._seat is None or (self._seat.encoder, self._seat.learnt) != (encoder, version):
            judge = replace(_judge(encoder, learnt, self.settings), verifier=await self._its_verifier())
            self._seat = Seat(encoder, judge, version)
        return self._seat

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """The result of `work(*arguments)`, done off the event loop, one piece of work at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def _its_verifier(self) -> Verifies | None:
        """Loaded once, on the judge's thread. Raises Unavailable."""
        if self._load_verifier is not None and self._verifier is None:
            try:
                self._verifier = await self.run(self._load_verifier)
            except ModelUnavailable as error:
                raise Unavailable(str(error)) from error
        return self._verifier

    async def close(self) -> None:
        await self.encoders.close()
        self._thread.shutdown(wait=False)


def _judge(encoder: Encoder, learnt: Coefficients | None, settings: MatcherSettings) -> Judge:
    ranker = in_use.ranker(learnt, encoder.background)
    threshold = ranker.threshold if settings.threshold is None else float(settings.threshold)
    return Judge(ranker, threshold, settings.match_limit, settings.exploration_share)
