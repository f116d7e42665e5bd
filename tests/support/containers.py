"""The platform in containers, as `make up` brings it up, with the means to hurt it; for tests where an engine runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.compose.engine import ROOT, Engine
from deploy.embedded.plan import SERVICES
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.tokens import TokenIssuer
from deploy.nats.identities import Identities
from tests.support.broker import StackBroker
from tests.support.eventually import eventually

PROJECT = "jingqiao-test"
HEALTHY_WITHIN_S = 180.0
PARTS = (*SERVICES, *(f"{service}-work" for service in SERVICES), "nats", "postgres")
"""The containers that go on, by their names in compose.yaml."""


class Containers:
    """One copy of the platform beside any other: its own project, secrets and ports."""

    def __init__(self, state: Path, *, nats: str = "single") -> None:
        self.state, self._nats = state, nats
        self._ports = {name: free_port() for name in (*SERVICES, "nats")}
        published = {f"PUBLISH_{name.upper()}": f"{LOOPBACK}:{port}" for name, port in self._ports.items()}
        self.env = {"PROJECT": PROJECT, "STATE": str(state), **published}
        self.engine = Engine(("*",), self.env)

    @property
    def nats_url(self) -> str:
        return f"nats://{LOOPBACK}:{self._ports['nats']}"

    @property
    def broker(self) -> StackBroker:
        return StackBroker(self.nats_url, Identities(self.state / "nats" / "identities"))

    def url(self, service: str, path: str = "") -> str:
        return f"http://{LOOPBACK}:{self._ports[service]}{path}"

    def bearer(self, scheme: str, code: str, name: str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {TokenIssuer(self.state).mint(scheme, code, name, roles)}"}

    def up(self, *words: str, version: str | None = None, root: Path = ROOT) -> str:
        """What `make up BUILD=no` prints in the checkout `root`; with the images of `version`."""
        env = {**os.environ, **self.env, **({"VERSION": version} if version else {})}
        argv = [sys.executable, "-m", "deploy.compose", "up", "--without-build", "--nats", self._nats, *words]
        done = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self._output('logs', '--tail', '20')}"
        return done.stdout

    def remove(self) -> None:
        self._output("down", "--volumes", "--timeout", "5")

    def kill(self, part: str) -> None:
        """SIGKILL; it stays away until `start`."""
        self._output("kill", "--signal", "SIGKILL", part)

    def start(self, part: str) -> None:
        # Not by Compose, which would run the migrations first.
        container = self._output("ps", "--all", "--quiet", part).split()
        subprocess.run(["docker", "start", *container], capture_output=True, check=True)

    async def is_healthy_again(self, part: str) -> None:
        await eventually(
            lambda: self.state_of(part) == "running healthy", within=HEALTHY_WITHIN_S, every=0.5, what=f"{part} healthy"
        )

    def run(self, part: str, *argv: str) -> str:
        """What a command prints inside a container."""
        return self._output("exec", "--no-TTY", part, *argv)

    def state_of(self, part: str) -> str:
        """`running healthy`, `exited`, …; of all its containers when there are several."""
        return self._output("ps", "--all", "--format", "{{.State}} {{.Health}}", part).strip()

    def exit_codes(self) -> dict[str, int]:
        """Of the services that have ended."""
        lines = self._output("ps", "--all", "--status", "exited", "--format", "{{.Service}} {{.ExitCode}}").split("\n")
        return {service: int(code) for service, code in (line.split() for line in lines if line)}

    def memory_mb(self) -> dict[str, float]:
        """What each container holds now, by its name in compose.yaml."""
        names = self._output("ps", "--format", "{{.Name}} {{.Service}}").split("\n")
        service = dict(line.split() for line in names if line)
        argv = ["docker", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *service]
        lines = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
        return {service[line.split()[0]]: _mb(line.split()[1]) for line in lines}

    def _output(self, *words: str) -> str:
        env = {**os.environ, **self.env, "VERSION": "0"}
        argv = ["docker", "compose", "--file", str(ROOT / "deploy/compose/compose.yaml"), "--profile", "*", *words]
        done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _mb(amount: str) -> float:
    """`73.5MiB` and `1.2GiB` as docker prints them."""
    units = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
    return float(amount[:-3]) * units[amount[-3:]]


@contextmanager
def containers(state: Path, *, nats: str = "single") -> Iterator[Containers]:
    """Not started yet; whatever was started is removed at the end, data too."""
    found = Containers(state, nats=nats)
    found.remove()  # what an interrupted test left
    try:
        yield found
    finally:
        found.remove()
