"""How long each process of a service takes from its command until it is ready, and what memory it then holds, beside a
running database and broker; as containers start them, so without the fork server of the embedded stack."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from deploy.embedded.children import MODULE
from deploy.embedded.operating import readiness
from deploy.embedded.plan import DEFAULT_PORTS, Plan, service_env
from deploy.embedded.ports import free_port
from deploy.embedded.stack import Stack
from tests.bench import platform
from tests.bench.launched import memory_mb
from tests.bench.report import Figure, Result, figure

ROUNDS = 3
READY_WITHIN_S = 4.0
"""What is promised of a machine that does nothing else."""
LONGEST_S = 120.0
EVERY_S = 0.02
_LIMIT = re.compile(r"x-(small|large): .*memory: (\d+)M")


def measure() -> Result:
    """Some two minutes."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as folder:
        ports = {name: free_port() for name in DEFAULT_PORTS}
        with Stack(Plan(home=Path(folder), cache=platform.cache(), ports=ports, env=platform.ENV)) as stack:
            stack.start()
            figures = [each for process in stack.plan.processes for each in _figures(stack, process)]
    load = f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    notes = [f"medians of {ROUNDS} starts, one process after the other; memory is what it holds once it is ready", load]
    return Result("From its command until a process is ready", figures, notes)


def _figures(stack: Stack, process: str) -> list[Figure]:
    stack.running.pop(process).stop()
    seen = [_started(stack, process) for _ in range(ROUNDS)]
    took_s, cpu_s, held_mb = (median(each) for each in zip(*seen, strict=True))
    stack.start_process(process)
    stack.wait_until_ready(process)
    return [
        figure(f"{process}: ready", took_s, "s", "promised", READY_WITHIN_S),
        figure(f"{process}: processor time until then", cpu_s, "s", "promised", READY_WITHIN_S),
        figure(f"{process}: memory", held_mb, "MiB", "limit in compose.yaml", _limit_mb(process)),
    ]


def _started(stack: Stack, process: str) -> tuple[float, float, float]:
    """Seconds until it is ready, seconds of processor time, MiB held."""
    port = stack.plan.health_port(process)
    began_at = time.monotonic()
    with _running(stack, process) as pid:
        while not readiness(port)[0]:
            if time.monotonic() > began_at + LONGEST_S:
                raise RuntimeError(f"{process} is not ready after {LONGEST_S:g} s")
            time.sleep(EVERY_S)
        took_s = time.monotonic() - began_at
        return took_s, _cpu_s(pid), sum(memory_mb(pid).values())


@contextmanager
def _running(stack: Stack, process: str) -> Iterator[int]:
    service, verb = process.rsplit("-", 1)
    urls = {each: stack.postgres.service_url(each) for each in stack.plan.services}
    env = {**os.environ, **service_env(stack.plan, urls, stack.nats.url, stack.kept_settings)}
    command = [*MODULE, service, verb]
    started = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(timeout=60)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _limit_mb(process: str) -> float:
    """Of the container that runs it."""
    text = (Path(__file__).parents[2] / "deploy" / "compose" / "compose.yaml").read_text(encoding="utf-8")
    limits = {size: float(megabytes) for size, megabytes in _LIMIT.findall(text)}
    return limits["large" if process.startswith("matcher") else "small"]
