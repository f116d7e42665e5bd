"""Statistics over HTTP, as JSON or CSV."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from catalog.statistics import service
from catalog.statistics.rules import csv_table
from catalog.statistics.schemas import (
    DimensionedPeriod,
    DurationRow,
    Durations,
    Funnel,
    FunnelRow,
    OutcomeRow,
    Outcomes,
    Period,
)
from common.database import ReadSessionDep
from common.errors import Unavailable
from common.problems import problems

CSV = "text/csv"
router = APIRouter(prefix="/v1/statistics", tags=["statistics"], responses=problems(Unavailable))
_ALSO_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
AcceptDep = Annotated[str | None, Header(alias="Accept", description="`text/csv` for a table that spreadsheets open.")]


def _as_asked(accept: str | None, name: str, model: type[BaseModel], rows: Sequence[BaseModel]) -> Response | None:
    """The rows as CSV where the reader asked for that."""
    if CSV not in (accept or ""):
        return None
    table = csv_table(list(model.model_fields), (row.model_dump(mode="json") for row in rows))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"}
    return Response(table, media_type=f"{CSV}; charset=utf-8", headers=headers)


@router.get("/funnel", summary="Count demands on the way to adoption", response_model=Funnel, responses=_ALSO_CSV)
async def list_funnel(
    period: Annotated[Period, Query()], session: ReadSessionDep, accept: AcceptDep = None
) -> Funnel | Response:
    """How many of the demands published in a period reached each state, and how many are in it now."""
    rows = await service.funnel(session, period)
    return _as_asked(accept, "funnel", FunnelRow, rows) or Funnel(items=rows)


@router.get("/durations", summary="Measure the time in each state", response_model=Durations, responses=_ALSO_CSV)
async def list_durations(
    period: Annotated[Period, Query()], session: ReadSessionDep, accept: AcceptDep = None
) -> Durations | Response:
    """How long the demands published in a period were in each state, from the steps on record; stays that have not
    ended are left out."""
    rows = await service.durations(session, period)
    return _as_asked(accept, "durations", DurationRow, rows) or Durations(items=rows)


@router.get("/outcomes", summary="Count what came of demands", response_model=Outcomes, responses=_ALSO_CSV)
async def list_outcomes(
    period: Annotated[DimensionedPeriod, Query()], session: ReadSessionDep, accept: AcceptDep = None
) -> Outcomes | Response:
    """What came of the demands published in a period, by kind, track, domain or division."""
    rows = await service.outcomes(session, period, period.by)
    return _as_asked(accept, "outcomes", OutcomeRow, rows) or Outcomes(items=rows)
