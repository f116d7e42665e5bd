"""The checks that every service has: settings, database, broker, and what waits between them."""

import logging
from datetime import timedelta
from pathlib import Path

from common import clock, dead_letters, migrating, outbox
from common.consumption import Consumption
from common.doctor import repository
from common.doctor.examination import Check, Examined
from common.doctor.results import CheckResult, fault, ok, unknown, warning
from common.errors import Unavailable
from common.settings import PlatformSettings

SKEW_WARNING, SKEW_FAULT = timedelta(seconds=2), timedelta(seconds=30)
"""Leases and due times compare clocks of several machines: some seconds delay work, half a minute does it twice."""


async def settings(examined: Examined) -> list[CheckResult]:
    """Whether the settings that all services share make sense together."""
    platform = examined.settings.platform
    faults = [*_faults_of_keys(platform), *_faults_of_level(platform)]
    return faults or [ok("settings", f"tokens of {platform.issuer} for {platform.audience}, keys at {platform.jwks}")]


def _faults_of_keys(platform: PlatformSettings) -> list[CheckResult]:
    jwks = platform.jwks
    if not jwks:
        return [fault("settings", "JINGQIAO_JWKS is empty: every token is refused", "set it to the issuer's key set")]
    if jwks.startswith("https://"):
        return []
    if jwks.startswith("http://"):
        return [warning("settings", "the keys of tokens are fetched without TLS", "give JINGQIAO_JWKS as https://…")]
    if not Path(jwks).is_file():
        return [fault("settings", f"JINGQIAO_JWKS names no file: {jwks}", "put the issuer's key set there")]
    return []


def _faults_of_level(platform: PlatformSettings) -> list[CheckResult]:
    if platform.log_level.upper() in logging.getLevelNamesMapping():
        return []
    return [fault("settings", f"JINGQIAO_LOG_LEVEL is {platform.log_level}", "use DEBUG, INFO, WARNING or ERROR")]


async def database(examined: Examined) -> list[CheckResult]:
    """Whether it answers, and whether its clock and this machine's agree."""
    began = clock.now()
    try:
        async with examined.database.begin() as session:
            began = clock.now()
            there = await repository.moment(session)
            ended = clock.now()
    except Unavailable as error:
        remedy = f"check {examined.name.upper()}_DATABASE_URL, that the server runs and that this machine reaches it"
        return [fault("database", str(error), remedy)]
    took = ended - began
    return [ok("database", f"answers in {took.total_seconds() * 1000:.1f} ms"), skew(there - (began + took / 2))]


def skew(ahead: timedelta) -> CheckResult:
    """How far the database's clock is `ahead` of this machine's, judged."""
    seen = f"the database's clock is {ahead.total_seconds():+.2f} s from this machine's"
    remedy = "synchronise both machines' clocks (chrony, systemd-timesyncd)"
    if abs(ahead) >= SKEW_FAULT:
        return fault("clock", seen, remedy)
    return warning("clock", seen, remedy) if abs(ahead) >= SKEW_WARNING else ok("clock", seen)


async def schema(examined: Examined) -> list[CheckResult]:
    """Whether the database has every migration that this program knows, and none that it does not."""
    found = await migrating.state_of(examined.migrations, examined.settings)
    if found.present == found.newest:
        return [ok("migrations", f"at {found.newest}, the newest")]
    if found.is_known:
        seen = f"the database is at {found.present or 'nothing'}, the program needs {found.newest}"
        return [fault("migrations", seen, f"run `python -m {examined.name} migrate`")]
    seen = f"the database is at {found.present}, which this program does not know ({found.newest} is its newest)"
    return [warning("migrations", seen, "an upgrade is under way, or this is the older program: bring it to the newer")]


async def broker(examined: Examined) -> list[CheckResult]:
    """Whether the broker answers, and whether it has the service's own stream."""
    try:
        await examined.bus.wait_connected(within_s=examined.settings.connect_timeout_s)
        stream = await examined.bus.state_of(examined.stream)
    except (Unavailable, TimeoutError):
        seen = "the broker does not answer; events wait in the outbox"
        remedy = "check JINGQIAO_NATS_URL, that NATS runs and that this machine reaches it"
        return [fault("broker", seen, remedy)]
    if stream is None:
        remedy = f"start `python -m {examined.name} work`: it makes the stream and fills it from the outbox"
        return [fault("stream", f"there is no stream {examined.stream}", remedy)]
    return [ok("broker", "answers"), ok("stream", f"{examined.stream} holds events up to {stream.last_seq}")]


async def consumers(examined: Examined) -> list[CheckResult]:
    """Whether what others announce is read, and how far behind this service is."""
    return [await _consumer(examined, what) for what in examined.consumptions]


async def _consumer(examined: Examined, what: Consumption) -> CheckResult:
    name = f"consumer {what.stream}/{what.durable}"
    if await examined.bus.state_of(what.stream) is None:
        seen = f"there is no stream {what.stream} yet"
        return unknown(name, seen, f"start the service that announces on {what.stream}")
    state = await examined.bus.consumer_state(what)
    if state is None:
        return fault(name, "does not exist", f"start `python -m {examined.name} work`: it makes its consumers")
    age_s = (clock.now() - state.oldest_at).total_seconds() if state.oldest_at else 0.0
    seen = f"{state.pending_count} not handed out, {state.in_hand_count} not acknowledged, the oldest {age_s:.0f} s old"
    if age_s > examined.settings.lag_limit_s:
        remedy = f"look for event_put_back in the log of `{examined.name} work`; run more of them if it is merely busy"
        return fault(name, seen, remedy)
    return ok(name, seen)


async def relay(examined: Examined) -> list[CheckResult]:
    """Whether the background work runs, and whether recorded events leave in time."""
    async with examined.database.begin() as session:
        is_there, lag = await repository.has_relay(session), await outbox.lag(session)
    work = f"python -m {examined.name} work"
    if is_there:
        running = ok("work", "a relay holds the lock of this database")
    else:
        running = fault("work", "no relay holds the lock of this database", f"start `{work}`")
    seen = f"{lag.waiting_count} events wait, the oldest {lag.oldest_s:.0f} s"
    if lag.oldest_s > examined.settings.lag_limit_s:
        return [running, fault("outbox", seen, f"look for relay_waits in the log of `{work}`, and at the broker")]
    return [running, ok("outbox", seen)]


async def buried(examined: Examined) -> list[CheckResult]:
    """Whether events were given up, which nobody has applied since."""
    async with examined.database.begin() as session:
        counts = await dead_letters.count_waiting(session)
    if not counts:
        return [ok("dead letters", "none")]
    doctor = f"`python -m {examined.name} doctor"
    remedy = f"see why with {doctor} --dead-letters`; once that is mended (an upgrade?), {doctor} --replay all`"
    seen = ", ".join(f"{count} events that consumer {name} could not apply" for name, count in sorted(counts.items()))
    return [warning("dead letters", seen, remedy)]


COMMON: dict[str, Check] = {
    "settings": settings,
    "database": database,
    "migrations": schema,
    "broker": broker,
    "consumers": consumers,
    "dead letters": buried,
    "outbox": relay,
}
"""In the order of the report: what the later ones rest on comes first."""
