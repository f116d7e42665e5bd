"""How long a person waits for `make run`, beside starting the two servers alone."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.embedded.nats import NatsServer
from deploy.embedded.plan import DEFAULT_PORTS
from deploy.embedded.ports import free_port, variable_for
from deploy.embedded.postgres import PostgresServer
from tests.bench import platform
from tests.bench.report import Result, figure

RUNS = b"is running"
"""Words of the summary that the launcher shows once everything answers."""
LONGEST_S = 600.0
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
    """Seconds from the command to its summary; then it is stopped in order."""
    env = {**os.environ, **{variable_for(f"{name}-port"): str(port) for name, port in ports.items()}}
    argv = [sys.executable, "-m", "deploy.embedded", "--home", str(home), "--cache", str(cache)]
    began_at = time.monotonic()
    launcher = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait_for_summary(launcher, until=began_at + LONGEST_S)
        return time.monotonic() - began_at
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.communicate(timeout=60)


def _wait_for_summary(launcher: "subprocess.Popen[bytes]", *, until: float) -> None:
    assert launcher.stdout is not None
    shown = b""
    while RUNS not in shown:
        ready, _, _ = select.select([launcher.stdout], [], [], max(0.0, until - time.monotonic()))
        part = os.read(launcher.stdout.fileno(), 65536) if ready else b""
        if not part:
            raise RuntimeError(f"the launcher showed no summary:\n{shown.decode(errors='replace')}")
        shown += part
