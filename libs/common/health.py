"""Says whether the process lives (/healthz) and whether it can do its work and goes on doing so (/readyz)."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from common import metrics, outbox
from common.bus import Bus
from common.database import Database
from common.errors import Unavailable
from common.settings import ServiceSettings

router = APIRouter(tags=["health"])
Check = Literal["ok", "down", "late"]
Part = Literal["database", "bus", "lag"]


class Readiness(BaseModel):
    """Each dependency's state; `lag` is `late` when recorded events wait longer than `lag_limit_s`."""

    database: Check
    bus: Check
    lag: Check
    waiting_count: int | None = None
    oldest_waiting_s: float | None = None

    def is_ready(self, *, exclude: Collection[Part] = ()) -> bool:
        checks: dict[Part, Check] = {"database": self.database, "bus": self.bus, "lag": self.lag}
        return all(check == "ok" for part, check in checks.items() if part not in exclude)


async def measure(database: Database, bus: Bus, settings: ServiceSettings) -> Readiness:
    bus_check: Check = "ok" if bus.is_connected else "down"
    try:
        async with asyncio.timeout(settings.connect_timeout_s), database.begin() as session:
            lag = await outbox.lag(session)
    except (Unavailable, TimeoutError):
        return Readiness(database="down", bus=bus_check, lag="late")
    metrics.OUTBOX_WAITING.set(lag.waiting_count)
    metrics.OUTBOX_OLDEST_S.set(lag.oldest_s)
    return Readiness(
        database="ok",
        bus=bus_check,
        lag="ok" if lag.oldest_s <= settings.lag_limit_s else "late",
        waiting_count=lag.waiting_count,
        oldest_waiting_s=round(lag.oldest_s, 1),
    )


@router.get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request, exclude: Annotated[list[Part] | None, Query()] = None) -> JSONResponse:
    """All parts are told of; those in `exclude` do not decide.

    An HTTP server needs no broker: a load balancer that took it out for want of one would stop who could still publish.
    """
    state = request.app.state
    if state.is_stopping:
        return JSONResponse({"status": "stopping"}, status_code=503, headers={"Retry-After": "2"})
    readiness = await measure(state.database, state.bus, state.settings)
    is_ready = readiness.is_ready(exclude=exclude or ())
    return JSONResponse(
        readiness.model_dump(exclude_none=True),
        status_code=200 if is_ready else 503,
        headers={} if is_ready else {"Retry-After": "2"},
    )


@router.get("/metrics", include_in_schema=False)
async def metrics_page() -> Response:
    return metrics.page()
