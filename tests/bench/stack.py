"""Memory and start of the embedded stack, beside the build of commit 52005ce in the same run."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

from deploy.embedded.plan import DEFAULT_PORTS
from deploy.embedded.ports import free_port
from tests.bench import platform
from tests.bench.launched import BASE, ROOT, Build, Launched, launched, memory_mb, unpack, wait_until_quiet
from tests.bench.report import Figure, Result, figure

SECOND_STARTS = 3
ASKED = "用线阵相机识别集装箱箱体残损，车辆不停车通过"
LARGEST_SHOWN = 4


@dataclass
class Taken:
    """What one build took: seconds of each start, MiB by process."""

    first_s: float = 0.0
    second_s: list[float] = field(default_factory=list)
    loaded_mb: Mapping[str, float] = field(default_factory=dict)
    idle_mb: Mapping[str, float] = field(default_factory=dict)
    asked_mb: Mapping[str, float] = field(default_factory=dict)


def measure() -> Result:
    """Some six minutes. Raises CannotMeasure where the commit is not at hand."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        unpack(BASE, folder / "base")
        ports = {port: free_port() for port in DEFAULT_PORTS}
        builds = {
            "base": Build(folder / "base", folder / "base-home", platform.cache(), ports),
            "today": Build(ROOT, folder / "today-home", platform.cache(), ports),
        }
        taken = {each: Taken() for each in builds}
        for each, build in builds.items():
            _first_start(build, taken[each])
        for number in range(SECOND_STARTS):
            for each, build in builds.items():
                _second_start(build, taken[each], is_last=number == SECOND_STARTS - 1)
    return Result("The embedded stack", _figures(taken["today"], taken["base"]), _notes(taken))


def _first_start(build: Build, taken: Taken) -> None:
    with launched(build) as stack:
        taken.first_s = stack.took_s
        wait_until_quiet(stack.pid)
        taken.loaded_mb = memory_mb(stack.pid)


def _second_start(build: Build, taken: Taken, *, is_last: bool) -> None:
    with launched(build) as stack:
        taken.second_s.append(stack.took_s)
        if is_last:
            wait_until_quiet(stack.pid)
            taken.idle_mb = memory_mb(stack.pid)
            _ask(build, stack)
            taken.asked_mb = memory_mb(stack.pid)


def _ask(build: Build, stack: Launched) -> None:
    """One request for fits, which needs the model."""
    words = (build.home / "shell.sh").read_text()
    token = words.split("ENTERPRISE_TOKEN=", 1)[1].split()[0].strip("'\\")
    with httpx.Client(trust_env=False, timeout=120) as client:
        url = f"http://127.0.0.1:{build.ports['matcher']}/v1/fits"
        client.post(url, json={"text": ASKED}, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    wait_until_quiet(stack.pid)


def _figures(today: Taken, base: Taken) -> list[Figure]:
    def beside(what: str, unit: str, of: Callable[[Taken], float]) -> Figure:
        return figure(what, of(today), unit, f"commit {BASE}", of(base))

    return [
        beside("first start, with samples, model converted", "s", lambda one: one.first_s),
        beside(f"second start, median of {SECOND_STARTS}", "s", lambda one: median(one.second_s)),
        beside("memory, idle after the first start", "MiB", lambda one: sum(one.loaded_mb.values())),
        beside("memory, idle after a second start", "MiB", lambda one: sum(one.idle_mb.values())),
        beside("memory after one request for fits", "MiB", lambda one: sum(one.asked_mb.values())),
    ]


def _notes(taken: Mapping[str, Taken]) -> list[str]:
    lines = ["memory: proportional set size of the launcher and all below it, PostgreSQL and NATS included"]
    for each, of in taken.items():
        largest = sorted(of.loaded_mb.values(), reverse=True)[:LARGEST_SHOWN]
        starts = ", ".join(f"{seconds:.1f}" for seconds in of.second_s)
        shown = ", ".join(f"{size:.0f}" for size in largest)
        lines.append(f"{each}: second starts {starts} s; largest processes after the first start {shown} MiB")
    return lines
