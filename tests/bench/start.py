"""How long a person waits for `make run`, beside starting the two servers alone."""

import tempfile
import time
from pathlib import Path

from deploy.embedded.nats import NatsServer
from deploy.embedded.plan import DEFAULT_PORTS
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from tests.bench import platform
from tests.bench.launched import Build, launched
from tests.bench.report import Result, figure

ROOT = Path(__file__).parents[2]
ALONE = "PostgreSQL and NATS alone"


def measure() -> Result:
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        ports = {port: free_port() for port in DEFAULT_PORTS}
        servers = [_servers_start_in(folder / "servers"), _servers_start_in(folder / "servers")]
        cold = _start_in(folder / "cold", folder / "cache", ports)
        first = _start_in(folder / "warm", platform.cache(), ports)
        second = _start_in(folder / "warm", platform.cache(), ports)
    figures = [
        figure("first start, no model converted yet", cold, "s", f"{ALONE}, new folder", servers[0]),
        figure("first start, model converted", first, "s", f"{ALONE}, new folder", servers[0]),
        figure("second start", second, "s", f"{ALONE}, again", servers[1]),
    ]
    return Result("Until everything answers", figures, ["a first start also loads the samples"])


def _servers_start_in(folder: Path) -> float:
    postgres, nats = PostgresServer(folder / "postgres", free_port()), NatsServer(folder / "nats", free_port())
    began_at = time.monotonic()
    postgres.start()
    nats.start()
    took_s = time.monotonic() - began_at
    nats.stop()
    postgres.stop()
    return took_s


def _start_in(home: Path, cache: Path, ports: dict[str, int]) -> float:
    with launched(Build(ROOT, home, cache, ports)) as stack:
        return stack.took_s
