"""The whole of Jingqiao on one machine: starts the parts in order, watches them, stops them in the reverse order."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from deploy.embedded import forking, ports, schemas, sealing
from deploy.embedded.children import MODULE, Child, Command, Executed, finish, wait_until
from deploy.embedded.forking import ForkServer
from deploy.embedded.issuer.server import IssuerServer
from deploy.embedded.nats import NatsServer
from deploy.embedded.operating import readiness
from deploy.embedded.plan import Plan, interpreter_env, service_env
from deploy.embedded.postgres import PostgresServer
from deploy.embedded.state import StateLock
from deploy.embedded.tokens import TokenIssuer, issuer_of
from deploy.nats.accounts import SERVICES
from deploy.nats.identities import Identities

READY_WITHIN_S = 120.0  # on a busy machine; an idle one needs five seconds
WATCH_EVERY_S = 0.2
ROTATE_BYTES = 20 * 2**20

Announce = Callable[[str], AbstractContextManager[object]]
"""Wraps a step, given its name, so that a person sees how far the start has come."""


class Stack:
    """Used as a context manager, it stops everything at the end. Start it from the main thread (see Child)."""

    def __init__(self, plan: Plan, announce: Announce = nullcontext) -> None:
        self.plan = plan
        self.postgres = PostgresServer(
            plan.home / "postgres", plan.ports["postgres"], durable=plan.durable, log=plan.logs / "postgres.log"
        )
        self.identities = Identities(plan.identities)
        self.nats = NatsServer(
            plan.home / "nats", plan.ports["nats"], log=plan.logs / "nats.log", identities=self.identities
        )
        self.running: dict[str, Child] = {}
        self._steps: list[Child] = []
        self._forks: ForkServer | None = None
        self._announce = announce
        self._lock = StateLock(plan.home)
        self._issuer: TokenIssuer | None = None
        self._issuer_server: IssuerServer | None = None

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is KeyboardInterrupt:  # a Ctrl-C that nobody took as a wish for an orderly stop
            self.kill()
            return
        try:
            self.stop()
        except BaseException:
            self.kill()  # Ctrl-C while stopping, or a fault: nothing may stay behind
            raise

    @property
    def issuer(self) -> TokenIssuer:
        if self._issuer is None:
            self._issuer = issuer_of(self.plan)
        return self._issuer

    @property
    def issuer_server(self) -> IssuerServer:
        if self._issuer_server is None:
            self._issuer_server = IssuerServer(self.issuer, self.plan.ports["issuer"], self.plan.ports["portal"])
        return self._issuer_server

    @property
    def kept_settings(self) -> dict[str, str]:
        """What services read from files of this stack: whom to trust, how to seal, who they are at the broker."""
        return {
            **self.issuer.settings,
            **self.issuer_server.portal_settings,
            **sealing.settings(self.plan.home / "issuer" / "sealing.key"),
            **sealing.settings(self.plan.home / "issuer" / "contacts.key", *sealing.CONTACTS),
            **sealing.settings(self.plan.home / "issuer" / "sessions.key", "PORTAL_SESSION_KEYS"),
            **self.broker_settings,
        }

    @property
    def broker_settings(self) -> dict[str, str]:
        """Who the services are at the broker, and with what notify issues organisations' credentials."""
        env = {f"{service.upper()}_NATS_CREDENTIALS": str(self.identities.credentials(service)) for service in SERVICES}
        return {**env, "NOTIFY_NATS_KEYS": str(self.identities.administration)}

    def start(self) -> None:
        """Returns when every process says it is ready. Raises StackError with what stood in the way."""
        self._lock.take(self.plan.ports)
        ports.ensure_free(self.plan.ports)
        _rotate(self.plan.logs)
        self.issuer_server.start()
        if forking.IS_AVAILABLE:
            log = self.plan.logs / f"{forking.NAME}.log"
            self._forks = ForkServer((*self.plan.services, *self.plan.pages), interpreter_env(self.plan), log)
        with self._announce("PostgreSQL"):
            self.postgres.start()
            for service in self.plan.services:
                self.postgres.ensure_service(service)
        with self._announce("NATS"):
            self.nats.start()
        with self._announce("Schemas and models"):
            self._prepare()
        with self._announce("Services"):
            for process in sorted(self.plan.processes, key=self._is_heavy):
                self.start_process(process)
            for process in self.plan.processes:
                self.wait_until_ready(process)

    def _prepare(self) -> None:
        """Migrations where there are new ones, and with those, or with an empty cache, the slow preparations."""
        behind = [service for service in self.plan.services if not schemas.is_current(self.postgres, service)]
        steps = [self._step(service, "migrate") for service in behind]
        if behind or _is_empty(self.plan.cache):
            steps += [self._step(service, "prepare", is_shown=True) for service in self.plan.prepares]
        self._run_at_once(*steps)
        for service in behind:
            schemas.mark_current(self.postgres, service)

    def _is_heavy(self, process: str) -> bool:
        """Whether it has much to import: others start meanwhile."""
        return process.rsplit("-", 1)[0] in self.plan.prepares

    def start_process(self, process: str) -> None:
        """`catalog-serve`, `catalog-work` and so on; returns before it is ready."""
        service, verb = process.rsplit("-", 1)
        self.running[process] = self._spawn(process, service, verb)

    def wait_until_ready(self, process: str, *, within_s: float = READY_WITHIN_S) -> None:
        port = self.plan.health_port(process)
        beside = [child for child in self.parts() if child is not self.running[process]]
        wait_until(self.running[process], lambda: readiness(port)[0], within_s=within_s, beside=beside)

    def watch(self) -> None:
        """Blocks for as long as everything runs. Raises ChildDied for the first that ends."""
        while True:
            for child in self.parts():
                if child.exit_code() is not None:
                    raise child.died()
            time.sleep(WATCH_EVERY_S)

    def stop(self) -> None:
        """Services first, together, so that they can finish what they hold; then NATS; then PostgreSQL."""
        for child in self._steps:
            child.kill()
        for child in self.running.values():
            child.ask_to_stop()
        for child in self.running.values():
            child.stop()
        self.running.clear()
        if self._issuer_server is not None:
            self._issuer_server.stop()
        if self._forks is not None:
            self._forks.stop()
            self._forks = None
        self.nats.stop()
        self.postgres.stop()
        self._lock.release()

    def kill(self) -> None:
        """All at once and at any moment; the next start recovers."""
        for child in (*self._steps, *self.running.values()):
            child.kill()
        if self._issuer_server is not None:
            self._issuer_server.stop()
        if self._forks is not None:
            self._forks.kill()
        self.nats.kill()
        self.postgres.kill()
        self._lock.release()

    def parts(self) -> list[Child]:
        """All that runs, what others need to live first."""
        forks = self._forks.child if self._forks is not None else None
        servers = (forks, self.nats.child, self.postgres.child)
        return [*(child for child in servers if child is not None), *self.running.values()]

    def _step(self, service: str, verb: str, *, is_shown: bool = False) -> Child:
        return self._spawn(f"{service}-{verb}", service, verb, is_shown=is_shown)

    def _run_at_once(self, *steps: Child) -> None:
        self._steps = list(steps)
        finish(steps)
        self._steps = []

    def _spawn(self, name: str, service: str, verb: str, *, is_shown: bool = False) -> Child:
        urls = {each: self.postgres.service_url(each) for each in self.plan.services}
        env = service_env(self.plan, urls, self.nats.url, self.kept_settings)
        if verb == "migrate":
            env[f"{service.upper()}_DATABASE_OWNER_URL"] = self.postgres.owner_url(service)
        command = Command(name, (*MODULE, service, verb), env=env, is_shown=is_shown)
        launch = self._forks.launch if self._forks is not None else Executed
        return Child(command, self.plan.logs / f"{name}.log", launch)


def _is_empty(folder: Path) -> bool:
    return not folder.exists() or not any(folder.iterdir())


def _rotate(logs: Path) -> None:
    for log in logs.glob("*.log"):
        if log.stat().st_size > ROTATE_BYTES:
            log.rename(log.with_suffix(".log.1"))
