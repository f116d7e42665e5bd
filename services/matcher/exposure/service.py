"""Makes reports of exposure, one at a time, and keeps each for a while: everyone may ask for them."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from common import tracks
from common.database import Database
from common.turns import FairGate
from matcher.exposure import report, repository, rules
from matcher.exposure.filters import ExposureFilters
from matcher.exposure.repository import RankingSpan
from matcher.exposure.rules import Quarter
from matcher.exposure.schemas import ExposureOut
from matcher.settings import MatcherSettings

MOST_KEPT, MOST_WAITING = 64, 32
LONGEST_WAIT_S = 30.0
"""For a report that somebody else is having made: a thousand rankings of two hundred profiles each take seconds."""


class _Asked(NamedTuple):
    quarter: Quarter
    track: str | None


class ExposureReports:
    """One per process, on its event loop."""

    def __init__(self, database: Database, settings: MatcherSettings) -> None:
        self._database, self._settings = database, settings
        self._kept: dict[_Asked, ExposureOut] = {}
        self._gate = FairGate(at_once=1, most_waiting=MOST_WAITING, limit_s=LONGEST_WAIT_S, name="exposure")

    async def read(self, wanted: ExposureFilters, at: datetime) -> ExposureOut:
        """The one that is kept, or a new one. Raises InvalidInput for a track that this deployment does not have,
        Unavailable when too many wait."""
        known = self._settings.platform.tracks
        track = tracks.one(wanted.track, known, parameter="track") if wanted.track else None
        asked = _Asked(rules.quarter(wanted.period) if wanted.period else rules.quarter_of(at), track)
        if (found := self._fresh(asked, at)) is not None:
            return found
        async with self._gate.turn(None):
            # Whoever came first may have made it meanwhile.
            return self._fresh(asked, at) or await self._made(asked, at)

    def _fresh(self, asked: _Asked, at: datetime) -> ExposureOut | None:
        found = self._kept.get(asked)
        is_fresh = found and (at - found.computed_at).total_seconds() < self._settings.exposure_kept_s
        return found if is_fresh else None

    async def _made(self, asked: _Asked, at: datetime) -> ExposureOut:
        span = RankingSpan(
            asked.quarter.begins_at, asked.quarter.ends_at, asked.track, self._settings.exposure_rankings
        )
        async with self._database.begin() as session:
            # Of one moment: a group is withheld by the same organisations as its figures are of.
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            count = await repository.demand_count(session, span)
            is_withheld = count < self._settings.exposure_least
            cells = [] if is_withheld else await repository.cells(session, span)
            declared = [] if is_withheld else await repository.organisations(session, span)
        items = await asyncio.to_thread(report.items, cells, declared, self._settings.exposure_least)
        is_withheld = is_withheld or not items
        made = ExposureOut(
            period=str(asked.quarter),
            track=asked.track,
            is_complete=asked.quarter.ends_at <= at,
            computed_at=at,
            least=self._settings.exposure_least,
            is_withheld=is_withheld,
            demands=None if is_withheld else min(count, span.most),
            is_partial=not is_withheld and count > span.most,
            items=tuple(items),
        )
        self._keep(asked, made)
        return made

    def _keep(self, asked: _Asked, made: ExposureOut) -> None:
        self._kept.pop(asked, None)
        self._kept[asked] = made
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
