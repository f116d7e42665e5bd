"""HTTP routes of the report of exposure, for everyone."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from common.clock import now
from common.csv_tables import ALSO_CSV, AcceptDep, as_asked
from common.errors import Unavailable
from common.problems import problems
from common.routing import GuardedRouter
from matcher.exposure import plot
from matcher.exposure.filters import ExposureFilters
from matcher.exposure.schemas import ExposureOut, ExposureRow
from matcher.exposure.service import ExposureReports

SVG = "image/svg+xml"
router = GuardedRouter(prefix="/v1", tags=["exposure"], responses=problems(Unavailable))


async def _report(request: Request, wanted: Annotated[ExposureFilters, Query()]) -> ExposureOut:
    reports: ExposureReports = request.app.state.exposure
    return await reports.read(wanted, now())


ReportDep = Annotated[ExposureOut, Depends(_report)]


@router.get("/exposure", response_model=ExposureOut, responses=ALSO_CSV)
async def list_exposure(report: ReportDep, accept: AcceptDep = None) -> ExposureOut | Response:
    """Who was shown to owners of demands, at which ranks, by ownership form and size class, against those considered.

    Of a quarter, each demand by its last ranking; `docs/exposure.md` says how the tests are made. Groups of few
    organisations are merged. No ranking reads what is counted here.
    """
    return as_asked(accept, f"exposure-{report.period}", ExposureRow, report.items) or report


@router.get("/exposure.svg", response_class=Response, responses={200: {"content": {SVG: {}}}})
async def read_exposure_plot(report: ReportDep) -> Response:
    """The same as a drawing: of each group its share of those considered and of those shown."""
    return Response(plot.svg(report), media_type=SVG)
