"""The whole stack on free ports in a folder of its own, with the means to hurt it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from deploy.embedded import sample_data
from deploy.embedded.plan import DEFAULT_PORTS, Plan, default_cache
from deploy.embedded.ports import free_port
from deploy.embedded.stack import Stack
from deploy.embedded.tokens import TokenIssuer, issuer_of
from tests.support.broker import StackBroker

TAIL_LINES = 60


class Running:
    """Addresses, tokens and samples of what was started by a plan, whoever started it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def url(self, service: str, path: str = "") -> str:
        return self.plan.url(service) + path

    def bearer(self, scheme: str, code: str, name: str, *roles: str) -> dict[str, str]:
        """The header that makes a request come from this organisation."""
        return {"Authorization": f"Bearer {self._issuer.mint(scheme, code, name, roles)}"}

    def load_samples(self) -> int:
        """How many samples were sent: none when all were loaded before."""
        return sample_data.load(self.plan.urls, sample_data.record_path(self.plan), self._issuer)

    def forget_loaded_samples(self) -> None:
        """The launcher's own note of them, not what the services hold."""
        sample_data.record_path(self.plan).unlink()

    def log_tails(self) -> Iterator[tuple[str, str]]:
        return log_tails(self.plan.logs)

    @cached_property
    def _issuer(self) -> TokenIssuer:
        return issuer_of(self.plan)


class LiveStack(Running):
    """`kill` and friends for chaos; processes are named as in `processes`."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack.plan)
        self._stack = stack
        self.processes = stack.plan.processes  # catalog-serve, catalog-work, …
        self.nats_url = stack.nats.url
        self.broker = StackBroker(stack.nats.url, stack.identities)

    def health_url(self, process: str, path: str = "/readyz") -> str:
        return f"http://127.0.0.1:{self._stack.plan.health_port(process)}{path}"

    def database_url(self, service: str) -> str:
        """For asyncpg, to check invariants that no API shows."""
        return self._stack.postgres.url(service, driver="postgresql")

    def pid(self, process: str) -> int:
        return self._stack.running[process].pid

    def kill(self, process: str) -> None:
        """SIGKILL; it stays away until `start`."""
        self._stack.running.pop(process).kill()

    def has_died(self, process: str) -> bool:
        return self._stack.running[process].exit_code() is not None

    def start_again(self, process: str) -> None:
        """What has died; returns before it is ready."""
        self._stack.start_process(process)

    def stop(self, process: str) -> int:
        """SIGTERM, and its exit code once it has finished what it held."""
        return self._stack.running.pop(process).stop()

    def start(self, process: str, *, is_awaited: bool = True) -> None:
        self._stack.start_process(process)
        if is_awaited:
            self._stack.wait_until_ready(process)

    def restart(self) -> None:
        """Stop everything and start it again on the same folder and ports."""
        self._stack.stop()
        self._stack.start()

    @property
    def home(self) -> Path:
        return self._stack.plan.home

    def destroy(self) -> None:
        """Kill everything at once, and lose the databases, the role's password and the broker's store."""
        self._stack.kill()
        shutil.rmtree(self._stack.postgres.data)
        (self._stack.postgres.folder / "password").unlink()
        self._stack.nats.wipe_store()

    def start_all(self) -> None:
        self._stack.start()

    def kill_broker(self) -> None:
        self._stack.nats.kill()

    def stop_broker(self) -> None:
        self._stack.nats.stop()

    def start_broker(self) -> None:
        self._stack.nats.start()

    def wipe_broker(self) -> None:
        """Crash it, lose its disk, start it again."""
        self._stack.nats.kill()
        self._stack.nats.wipe_store()
        self._stack.nats.start()

    def sql(self, statement: str) -> str:
        """What psql prints for a statement to the server, for what no API shows."""
        return self._stack.postgres.run_sql(statement)

    def kill_database(self) -> None:
        self._stack.postgres.kill()

    def start_database(self) -> None:
        self._stack.postgres.start()

    def log(self, process: str) -> str:
        """All it wrote, over all its starts."""
        path = self._stack.plan.logs / f"{process}.log"
        return path.read_text(errors="replace") if path.exists() else ""


def log_tails(folder: Path) -> Iterator[tuple[str, str]]:
    """The last lines of each log in a folder, after its name."""
    for path in sorted(folder.glob("*.log")):
        lines = path.read_text(errors="replace").splitlines()
        yield path.stem, "\n".join(lines[-TAIL_LINES:])


@contextmanager
def live_stack(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[LiveStack]:
    """Everything running, without samples; `env` is added to every service's settings."""
    plan = Plan(
        home=folder,
        cache=Path(os.environ.get("JINGQIAO_CACHE") or default_cache(folder)),
        ports={name: free_port() for name in DEFAULT_PORTS},
        durable=False,
        env=env or {},
    )
    with Stack(plan) as stack:
        stack.start()
        yield LiveStack(stack)
    shutil.rmtree(stack.postgres.data)  # the logs stay
