"""Two releases of the platform on one database and one broker, as in a rolling upgrade; each process can be drained."""

import asyncio
import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

from deploy.embedded.children import MODULE, Child, Command, finish, wait_until
from deploy.embedded.nats import NatsServer
from deploy.embedded.operating import readiness
from deploy.embedded.plan import DEFAULT_PORTS, SERVICES, Plan, default_cache, service_env
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.sealing import settings as sealing
from deploy.embedded.tokens import TokenIssuer
from tests.support.broker import StackBroker

ROOT = Path(__file__).parents[2]
PREVIOUS = (Path(__file__).with_name("previous_release.txt")).read_text().strip()
"""The commit of the release that this one is an upgrade of; written anew with each release."""
READY_WITHIN_S = 180.0
ENDED_WITHIN_S = 60.0
SHUTDOWN_DELAY_S = "1.5"
"""Ten looks of the balancer."""


class NoHistory(Exception):
    """The checkout does not hold the previous release."""


def unpacked(commit: str, folder: Path) -> Path:
    """The sources of a commit. Raises NoHistory."""
    done = subprocess.run(["git", "-C", str(ROOT), "archive", commit, "libs", "services"], capture_output=True)
    if done.returncode != 0:
        raise NoHistory(f"commit {commit[:9]} of the previous release is not in this checkout: fetch its history")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Release:
    """The six processes of one version of the code, on ports of their own."""

    def __init__(self, name: str, code: Path, world: "World") -> None:
        self.name, self._code, self._world = name, code, world
        self.plan = replace(world.plan, ports={**world.plan.ports, **{each: free_port() for each in DEFAULT_PORTS}})
        self.running: dict[str, Child] = {}

    async def migrate(self) -> None:
        children = [self._spawn(service, "migrate") for service in SERVICES]
        await asyncio.to_thread(finish, children)

    async def start(self) -> None:
        """Returns when all are ready."""
        # Here and not in a thread: Linux ties the life of a child to the thread that started it.
        self.running = {process: self._spawn(*process.rsplit("-", 1)) for process in self.plan.processes}
        await asyncio.to_thread(self._wait_until_ready)

    def _wait_until_ready(self) -> None:
        for process, child in self.running.items():
            wait_until(child, partial(_is_ready, self.plan.health_port(process)), within_s=READY_WITHIN_S)

    async def drain(self) -> None:
        """SIGTERM to all at once, the hardest case; returns when all have ended by themselves."""
        for child in self.running.values():
            child.ask_to_stop()
        for child in self.running.values():
            await asyncio.to_thread(child.wait_for_exit, ENDED_WITHIN_S)
        self.running = {}

    def kill(self) -> None:
        for child in self.running.values():
            child.kill()

    def _spawn(self, service: str, verb: str) -> Child:
        world = self._world
        urls = {each: world.postgres.url(each) for each in SERVICES}
        kept = {**world.issuer.settings, **sealing(world.plan.home / "issuer" / "sealing.key")}
        env = service_env(self.plan, urls, world.nats.url, kept)
        env |= {f"{each.upper()}_SHUTDOWN_DELAY_S": SHUTDOWN_DELAY_S for each in SERVICES}
        env["PYTHONPATH"] = os.pathsep.join(str(self._code / part) for part in ("libs", "services"))
        command = Command(f"{self.name}-{service}-{verb}", (*MODULE, service, verb), env=env)
        return Child(command, world.plan.logs / f"{command.name}.log")


class World:
    """What stays while releases come and go: PostgreSQL, the issuer of tokens, and a broker that lets everybody in, as
    that of the release before identities did."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self._folder = plan, folder
        self.postgres = PostgresServer(
            plan.home / "postgres", plan.ports["postgres"], durable=False, log=plan.logs / "postgres.log"
        )
        self.nats = NatsServer(plan.home / "nats", plan.ports["nats"], log=plan.logs / "nats.log")
        self.issuer = TokenIssuer(plan.home / "issuer")
        self.broker = StackBroker(self.nats.url)
        self.releases: list[Release] = []

    def release(self, name: str, commit: str | None = None) -> Release:
        """The code of a commit, or the one at hand."""
        code = ROOT if commit is None else unpacked(commit, self._folder / name)
        self.releases.append(Release(name, code, self))
        return self.releases[-1]

    def url(self, service: str, path: str = "") -> str:
        """What a client asks; the balancer knows who answers."""
        return f"http://{service}.example{path}"

    def bearer(self, scheme: str, code: str, name: str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.mint(scheme, code, name, roles)}"}

    def serving(self, service: str) -> list[int]:
        """Ports of all processes that may answer for a service."""
        processes = [(each, f"{service}-serve") for each in self.releases]
        return [each.plan.health_port(process) for each, process in processes if process in each.running]


def _is_ready(port: int) -> bool:
    return readiness(port)[0]


@contextmanager
def world(folder: Path, env: Mapping[str, str]) -> Iterator[World]:
    plan = Plan(
        home=folder / "home",
        cache=Path(os.environ.get("JINGQIAO_CACHE") or default_cache(folder)),
        ports={name: free_port() for name in DEFAULT_PORTS},
        durable=False,
        env=env,
    )
    here = World(plan, folder)
    try:
        here.postgres.start()
        here.nats.start()
        for service in SERVICES:
            here.postgres.create_database(service)
        yield here
    finally:
        for release in here.releases:
            release.kill()
        here.nats.kill()
        here.postgres.kill()
