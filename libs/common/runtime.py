"""Runs a service's two processes: `serve` answers HTTP, `work` runs loops until told to stop."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
import uvicorn
from fastapi import FastAPI

from common import dead_letters, logs, metrics
from common.bus import Bus
from common.clock import now
from common.consumption import Consumption, Handler, Handlers, ManyHandler
from common.database import Database
from common.dead_letters import DeadLetter
from common.errors import Problem
from common.figures import Measurement
from common.health import Troubles
from common.protocol import ProblemProtocol, ServerConfig
from common.relay import Relay
from common.server import Server
from common.settings import ServerSettings, ServiceSettings
from common.waiting import first_of
from common.web import Api, build_app

log = structlog.get_logger()
Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Works until the event is set, finishing what it has in hand; may raise, and is then started again."""
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")
"""Of a server that speaks TLS itself (RFC 6797): browsers come back over TLS alone, for a year."""
RESTART_DELAYS_S = (0.2, 0.5, 1.0, 2.0)
HEALTHY_AFTER_S = 60.0
"""Well above the usual time-outs of a call, so that a loop that only waits for one does not pass for healthy."""


def keep_collections_short() -> None:
    """Have Python look for circular garbage among young objects nearly always. Call it when a process has started.

    A full look at what a matcher keeps at hand takes half a second, in which it does nothing else; hardly anything here
    is circular, and what is dies young.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000)


def serve(name: str, app: FastAPI, settings: ServerSettings) -> None:
    """Answer HTTP until SIGTERM or Ctrl-C, and after that as Server says; requests in hand get `drain_s` to finish."""
    logs.configure(name, settings.platform.log_level)
    keep_collections_short()
    Server(server_config(app, settings, settings.port), app, delay_s=settings.shutdown_delay_s).run()


def server_config(app: FastAPI, settings: ServerSettings, port: int) -> uvicorn.Config:
    config = ServerConfig(
        app,
        host=settings.host,
        port=port,
        http=ProblemProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[HTTPS_ONLY] if settings.tls_certificate else [],
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=int(settings.drain_s) or 1,
    )
    config.head_timeout_s = settings.head_timeout_s
    return config


def work(
    name: str,
    settings: ServiceSettings,
    loops: Callable[[Database, Bus], Mapping[str, Loop]],
    figures: Callable[[Database], Sequence[Measurement]] = lambda _: (),
    troubles: Troubles = dict,
) -> None:
    """Run the loops, with health and metrics on `work_port`, until SIGTERM or Ctrl-C."""
    logs.configure(f"{name}-work", settings.platform.log_level)
    stop = asyncio.Event()

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        named = loops(app.state.database, app.state.bus)
        app.state.figures.add(figures(app.state.database))
        tasks = [asyncio.create_task(keep_running(key, loop, stop), name=key) for key, loop in named.items()]
        try:
            yield
        finally:
            stop.set()
            _, late = await asyncio.wait(tasks, timeout=settings.drain_s)
            for task in late:
                log.warning("loop_cut_short", loop=task.get_name())
                task.cancel()

    app = build_app(
        f"{name}-work", settings, Api(), description="Health and metrics of the background work.", extra=running
    )
    app.state.troubles = troubles
    keep_collections_short()
    # No requests but those of probes come here: nobody has to look elsewhere first.
    Server(server_config(app, settings, settings.work_port), app, delay_s=0.0).run()


async def keep_running(
    name: str, loop: Loop, stop: asyncio.Event, *, seconds: Callable[[], float] = time.monotonic
) -> None:
    """Start the loop again whenever it fails, later and later until it has once worked for HEALTHY_AFTER_S."""
    failures = 0
    metrics.begin_at_zero(metrics.LOOP_FAILURES, name)
    while not stop.is_set():
        began = seconds()
        try:
            await loop(stop)
            failures = 0
        # A loop's edge: whatever broke, the loop is started again and the fault is on record.
        except Exception as error:
            expected = isinstance(error, Problem)
            metrics.LOOP_FAILURES.labels(name).inc()
            log.warning("loop_failed", loop=name, reason=type(error).__name__, exc_info=None if expected else error)
            if seconds() - began >= HEALTHY_AFTER_S:
                failures = 0
            await first_of(stop, within_s=RESTART_DELAYS_S[min(failures, len(RESTART_DELAYS_S) - 1)])
            failures += 1


def relaying(database: Database, bus: Bus, stream: str, settings: ServiceSettings) -> Loop:
    """The loop that announces a service's events on its stream."""
    relay = Relay(database, bus, stream, retention=timedelta(days=settings.retention_days))
    return relay.run


def consuming(
    database: Database, bus: Bus, what: Consumption, handle: Handler, handle_many: ManyHandler | None = None
) -> Loop:
    """The loop that hands a stream's events to a handler, and keeps in the database those that it cannot apply. What
    comes at once is given to `handle_many` first."""

    async def bury(letter: DeadLetter) -> None:
        async with database.begin() as session:
            await dead_letters.keep(session, letter, now())
        metrics.BURIED.labels(letter.consumer).inc()

    async def loop(stop: asyncio.Event) -> None:
        await bus.consume(what, Handlers(handle, handle_many), bury, stop)

    return loop
