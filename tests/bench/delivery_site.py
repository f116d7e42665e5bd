"""A notify of some build, with its own durable database and broker, and the numbers by which it is watched."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import nats
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from common.clock import new_id, now
from common.contracts.matcher import MatchComputed
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.tokens import TokenIssuer
from tests.bench.launched import BASE, ROOT, unpack
from tests.integration.notify.matches import FIRM, a_match

WINDOW = 256
LOOK_EVERY_S = 0.02
LONGEST_S = 300.0
SECRET = "plain:whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
_SUBSCRIPTIONS = """
INSERT INTO subscriptions
  (id, version, organisation_scheme, organisation_code, channel, url, host, sealed_secret, filters, state, wish,
   created_at, changed_at)
SELECT gen_random_uuid(), 1, $2, $3, $4, $5, $6, $7, '{"least_fit": 47}', 'active', number::text, now(), now()
FROM generate_series(1, $1::int) AS number"""
_DELIVERIES = """
INSERT INTO deliveries
  (id, subscription_id, organisation_scheme, organisation_code, channel, match_id, match_version, match, state,
   failures_count, due_at, created_at)
SELECT gen_random_uuid(), s.id, s.organisation_scheme, s.organisation_code, s.channel, gen_random_uuid(), 1, $2::jsonb,
  'pending', 0, now(), now()
FROM generate_series(1, $1::int), subscriptions AS s"""


@dataclass(frozen=True)
class Build:
    """Where the sources lie; `has_wishes` is whether its subscriptions are known by what they wish."""

    root: Path
    has_wishes: bool = True


NOW = Build(ROOT)


def base_build(folder: Path) -> Build:
    """Raises CannotMeasure where the commit is not at hand."""
    unpack(BASE, folder / "sources")
    return Build(folder / "sources", has_wishes=False)


class Site:
    def __init__(self, build: Build, dsn: str, nats_url: str, env: Mapping[str, str], log: Path) -> None:
        self.nats_url, self._build, self._dsn, self._env, self._log = nats_url, build, dsn, env, log

    def run(self, verb: str, **env: str) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as out:
            argv, env = [sys.executable, "-m", "notify", verb], {**self._env, **env}
            return subprocess.Popen(argv, env=env, cwd=self._build.root, stdout=out, stderr=out)

    @contextmanager
    def working(self, **env: str) -> Iterator[int]:
        """`notify work`, killed at the end; its process."""
        process = self.run("work", **env)
        try:
            yield process.pid
        finally:
            process.kill()
            process.wait()

    async def subscribe(self, count: int, channel: str, url: str | None = None) -> None:
        statement = _SUBSCRIPTIONS if self._build.has_wishes else _without_wish(_SUBSCRIPTIONS)
        host, secret = ("127.0.0.1", SECRET) if url else (None, None)
        await self._execute(statement, count, FIRM.scheme, FIRM.code, channel, url, host, secret)

    async def fill(self, count: int) -> None:
        """Deliveries that wait, for every subscription."""
        await self._execute(_DELIVERIES, count, a_match().model_dump_json())

    async def _execute(self, statement: str, *arguments: object) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.execute(statement, *arguments, timeout=LONGEST_S)
        finally:
            await connection.close()

    async def announce(self, count: int, fit: int = 80) -> None:
        """The matcher's events of as many matches."""
        async with jetstream(self.nats_url) as js:
            for start in range(0, count, WINDOW):
                numbers = range(start, min(start + WINDOW, count))
                await asyncio.gather(*(js.publish("matcher.match.computed", event(fit)) for _ in numbers))

    async def stored_count(self) -> int:
        """Events in the stream NOTIFY."""
        async with jetstream(self.nats_url) as js:
            try:
                return (await js.stream_info("NOTIFY")).state.last_seq
            except NotFoundError:
                return 0

    async def until_heard(self, count: int) -> None:
        async def heard_count() -> int:
            connection = await asyncpg.connect(self._dsn)
            try:
                return int(await connection.fetchval("SELECT count(*) FROM inbox"))
            finally:
                await connection.close()

        await self.rate(heard_count, count, begin=0)

    async def rate(
        self, look: Callable[[], Awaitable[int]], count: int, *, begin: int, within_s: float = LONGEST_S
    ) -> float:
        """How many a second came from when more than `begin` were there until all `count` were, or time was up."""
        loop = asyncio.get_running_loop()
        until, first = loop.time() + within_s, (loop.time(), 0)
        while (found := await look()) < count and loop.time() < until:
            if found <= begin or first[1] == 0:
                first = loop.time(), found
            await asyncio.sleep(LOOK_EVERY_S)
        if found < count and within_s == LONGEST_S:
            raise RuntimeError(f"{found} of {count} after {within_s:g} s:\n{self._log.read_text()[-3000:]}")
        return (found - first[1]) / (loop.time() - first[0])

    def peak_mb(self, pid: int) -> float:
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0


def event(fit: int = 80) -> bytes:
    match = a_match(fit=fit)
    return MatchComputed(match=match).enveloped(new_id(), now(), uuid4().hex).model_dump_json().encode()


@asynccontextmanager
async def site(folder: Path, build: Build) -> AsyncIterator[Site]:
    """A migrated database and a broker with the streams of the other services."""
    with ExitStack() as until_the_end:
        await asyncio.to_thread(folder.mkdir, parents=True)
        postgres = PostgresServer(folder / "postgres", free_port())
        postgres.start()
        until_the_end.callback(postgres.stop)
        broker = NatsServer(folder / "nats", free_port())
        broker.start()
        until_the_end.callback(broker.stop)
        postgres.create_database("notify")
        at = Site(
            build,
            postgres.url("notify", driver="postgresql"),
            broker.url,
            _environment(build, folder, postgres.url("notify"), broker.url),
            folder / "log",
        )
        if at.run("migrate").wait() != 0:
            raise RuntimeError((folder / "log").read_text())
        await _create_streams(broker.url)
        yield at


def _environment(build: Build, folder: Path, database_url: str, nats_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(build.root / part) for part in ("libs", "services", ".")),
        "NOTIFY_DATABASE_URL": database_url,
        "NOTIFY_WORK_PORT": str(free_port()),
        "NOTIFY_ALLOW_LOOPBACK": "true",
        "NOTIFY_ALLOW_PRIVATE_ADDRESSES": "true",
        "JINGQIAO_NATS_URL": nats_url,
        **TokenIssuer(folder / "issuer").settings,
    }


@asynccontextmanager
async def jetstream(url: str) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(url)
    try:
        yield connection.jetstream(timeout=30)
    finally:
        await connection.close()


async def _create_streams(url: str) -> None:
    async with jetstream(url) as js:
        for stream in ("MATCHER", "CATALOG"):
            await js.add_stream(name=stream, subjects=[f"{stream.lower()}.>"])


def _without_wish(statement: str) -> str:
    return statement.replace(" wish,", "").replace(" number::text,", "")
