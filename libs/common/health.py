"""Says whether the process lives (/healthz) and whether it can do its work and goes on doing so (/readyz)."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from common import dead_letters, metrics, outbox
from common.bus import Bus, ConsumerState
from common.clock import now
from common.database import Database
from common.errors import Unavailable
from common.figures import Measurement
from common.routing import GuardedRouter
from common.settings import ServiceSettings

router = GuardedRouter(tags=["health"])
Check = Literal["ok", "down", "late"]
Part = Literal["database", "bus", "lag", "consumers", "model"]
Troubles = Callable[[], Mapping[Part, str]]
"""What a process of its own cannot use at present, each with the reason; empty when all is well."""


class ConsumerLag(BaseModel):
    """Events of its stream that a consumer has not applied: not handed out yet, and handed out."""

    pending_count: int
    ack_pending_count: int
    oldest_s: float


class Readiness(BaseModel):
    """Each dependency's state; `lag` is `late` when recorded events wait longer than `lag_limit_s`, `consumers` when
    one of them has applied nothing for that long though something waits. `troubles` are reasons, by what is not well.
    """

    database: Check
    bus: Check
    lag: Check
    consumers: Check | None = None
    waiting_count: int | None = None
    oldest_waiting_s: float | None = None
    consumer_lag: dict[str, ConsumerLag] | None = None
    dead_letters: dict[str, int] | None = None
    troubles: dict[Part, str] | None = None

    def is_ready(self, *, exclude: Collection[Part] = ()) -> bool:
        checks: dict[Part, Check | None] = {
            "database": self.database,
            "bus": self.bus,
            "lag": self.lag,
            "consumers": self.consumers,
        }
        failing = {part for part, check in checks.items() if check not in ("ok", None)} | set(self.troubles or ())
        return failing <= set(exclude)


async def measure(database: Database, bus: Bus, settings: ServiceSettings) -> Readiness:
    bus_check: Check = "ok" if bus.is_connected else "down"
    try:
        async with asyncio.timeout(settings.connect_timeout_s), database.begin("health") as session:
            lag, buried = await outbox.lag(session), await dead_letters.count_waiting(session)
    except (Unavailable, TimeoutError):
        return Readiness(database="down", bus=bus_check, lag="late")
    consumers, behind = await _consumers(bus, timedelta(seconds=settings.lag_limit_s))
    return Readiness(
        database="ok",
        bus=bus_check,
        lag="ok" if lag.oldest_s <= settings.lag_limit_s else "late",
        consumers=consumers,
        waiting_count=lag.waiting_count,
        oldest_waiting_s=round(lag.oldest_s, 1),
        consumer_lag=behind or None,
        dead_letters=buried or None,
    )


async def _consumers(bus: Bus, limit: timedelta) -> tuple[Check | None, dict[str, ConsumerLag]]:
    """The state of all that this process reads, and how far each is behind; one that was not made yet is not."""
    check: Check | None = "ok" if bus.consumed else None
    behind: dict[str, ConsumerLag] = {}
    for what in sorted(bus.consumed, key=str):
        try:
            state = await bus.consumer_state(what)
        except Unavailable:
            return "down", behind
        if state is not None:
            behind[what.durable] = _reported(state)
            if _is_stuck(state, now() - limit):
                check = "late"
    return check, behind


def _is_stuck(state: ConsumerState, since: datetime) -> bool:
    """Whether something waits from before that moment and nothing was applied after it; a queue that moves is not."""
    return state.oldest_at is not None and max(state.oldest_at, state.acted_at or state.oldest_at) < since


def _reported(state: ConsumerState) -> ConsumerLag:
    return ConsumerLag(
        pending_count=state.pending_count, ack_pending_count=state.in_hand_count, oldest_s=round(_oldest_s(state), 1)
    )


def _oldest_s(state: ConsumerState) -> float:
    return max(0.0, (now() - state.oldest_at).total_seconds()) if state.oldest_at else 0.0


def figures(database: Database, bus: Bus) -> list[Measurement]:
    """What every process tells of its dependencies, and of what waits between them."""

    async def dependencies() -> None:
        metrics.BROKER_CONNECTED.set(bus.is_connected)
        metrics.DATABASE_REACHABLE.set(0)
        async with database.begin() as session:
            lag = await outbox.lag(session)
        metrics.DATABASE_REACHABLE.set(1)
        metrics.OUTBOX_WAITING.set(lag.waiting_count)
        metrics.OUTBOX_OLDEST_S.set(lag.oldest_s)

    async def consumers() -> None:
        for what in bus.consumed:
            state = await bus.consumer_state(what)
            if state is not None:
                metrics.CONSUMER_PENDING.labels(what.durable).set(state.pending_count)
                metrics.CONSUMER_IN_HAND.labels(what.durable).set(state.in_hand_count)
                metrics.CONSUMER_OLDEST_S.labels(what.durable).set(_oldest_s(state))

    async def buried() -> None:
        async with database.begin() as session:
            counts = await dead_letters.count_waiting(session)
        for what in bus.consumed:
            metrics.DEAD_LETTERS.labels(what.durable).set(counts.get(what.durable, 0))

    lags = (metrics.CONSUMER_PENDING, metrics.CONSUMER_IN_HAND, metrics.CONSUMER_OLDEST_S)
    return [
        Measurement("outbox", (metrics.OUTBOX_WAITING, metrics.OUTBOX_OLDEST_S), dependencies),
        Measurement("consumers", lags, consumers),
        Measurement("dead_letters", (metrics.DEAD_LETTERS,), buried),
    ]


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
    readiness.troubles = dict(state.troubles()) or None
    is_ready = readiness.is_ready(exclude=exclude or ())
    return JSONResponse(
        readiness.model_dump(exclude_none=True),
        status_code=200 if is_ready else 503,
        headers={} if is_ready else {"Retry-After": "2"},
    )


@router.get("/metrics", include_in_schema=False)
async def metrics_page(request: Request) -> Response:
    """Raises Unauthenticated without the token that the settings name, if they do."""
    metrics.refuse_other_reader(request, request.app.state.settings.metrics_token)
    await request.app.state.figures.refresh()
    return metrics.page()
