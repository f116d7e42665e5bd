"""Statistics over HTTP, as JSON or CSV."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from catalog.statistics import service
from catalog.statistics.filters import OutcomeFilters, StatisticsFilters
from catalog.statistics.schemas import DurationRow, Durations, Funnel, FunnelRow, OutcomeRow, Outcomes
from common.csv_tables import ALSO_CSV, AcceptDep, as_asked
from common.database import ReadSessionDep
from common.errors import Unavailable
from common.problems import problems
from common.routing import GuardedRouter
from common.tracks import Tracks

router = GuardedRouter(prefix="/v1/statistics", tags=["statistics"], responses=problems(Unavailable))


async def _tracks(request: Request) -> Tracks:
    known: Tracks = request.app.state.settings.platform.tracks
    return known


TracksDep = Annotated[Tracks, Depends(_tracks)]


@router.get("/funnel", summary="Count demands on the way to adoption", response_model=Funnel, responses=ALSO_CSV)
async def list_funnel(
    counted: Annotated[StatisticsFilters, Query()], session: ReadSessionDep, known: TracksDep, accept: AcceptDep = None
) -> Funnel | Response:
    """How many of the demands published in a period reached each state, and how many are in it now."""
    rows = await service.funnel(session, counted, known)
    return as_asked(accept, "funnel", FunnelRow, rows) or Funnel(items=rows)


@router.get("/durations", summary="Measure the time in each state", response_model=Durations, responses=ALSO_CSV)
async def list_durations(
    counted: Annotated[StatisticsFilters, Query()], session: ReadSessionDep, known: TracksDep, accept: AcceptDep = None
) -> Durations | Response:
    """How long the demands published in a period were in each state, from the steps on record; stays that have not
    ended are left out."""
    rows = await service.durations(session, counted, known)
    return as_asked(accept, "durations", DurationRow, rows) or Durations(items=rows)


@router.get("/outcomes", summary="Count what came of demands", response_model=Outcomes, responses=ALSO_CSV)
async def list_outcomes(
    counted: Annotated[OutcomeFilters, Query()], session: ReadSessionDep, known: TracksDep, accept: AcceptDep = None
) -> Outcomes | Response:
    """What came of the demands published in a period, by kind, track, domain, division or edition of a list."""
    rows = await service.outcomes(session, counted, known)
    return as_asked(accept, "outcomes", OutcomeRow, rows) or Outcomes(items=rows)
