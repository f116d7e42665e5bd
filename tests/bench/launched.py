"""The launcher as a person starts it, in whatever build of the project, and what its processes take."""

import os
import re
import select
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from deploy.embedded.ports import variable_for
from tests.bench.report import CannotMeasure

BASE = "52005ce"
"""The build that is measured beside today's."""
ROOT = Path(__file__).parents[2]
RUNS = b"is running"
"""Words of the summary that the launcher shows once everything answers."""
LONGEST_S = 600.0
QUIET_S = 5.0
QUIET_CPU_SHARE = 0.1
"""Of one processor: what idle services take to look for work is less, what they take to do it is more."""
OURS = ("JINGQIAO_", "CATALOG", "MATCHER", "NOTIFY", "NATS", "PUBLISHER_TOKEN", "ENTERPRISE_TOKEN")
"""Variables that would lead a launcher to another stack."""


@dataclass(frozen=True)
class Build:
    """Where a build of the project lies, and where its stack keeps its state."""

    root: Path
    home: Path
    cache: Path
    ports: Mapping[str, int]


@dataclass(frozen=True)
class Launched:
    """A stack that answers: the launcher's process, and the seconds from the command to the summary."""

    pid: int
    took_s: float


@contextmanager
def launched(build: Build) -> Iterator[Launched]:
    """Stopped in order at the end."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {variable_for(f"{name}-port"): str(port) for name, port in build.ports.items()}
    # Before what is installed, which is this build.
    env["PYTHONPATH"] = os.pathsep.join(str(build.root / folder) for folder in ("libs", "services", "."))
    argv = [sys.executable, "-m", "deploy.embedded", "--home", str(build.home), "--cache", str(build.cache)]
    began_at = time.monotonic()
    process = subprocess.Popen(argv, env=env, cwd=build.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait_for_summary(process, until=began_at + LONGEST_S)
        yield Launched(process.pid, time.monotonic() - began_at)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)


def memory_mb(root: int) -> dict[str, float]:
    """MiB of each process from `root` down, by its name and number; what several share is divided among them."""
    found = {}
    for pid in _family(root):
        try:
            name, rollup = _name(pid), Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue  # gone meanwhile, such as a worker of PostgreSQL
        if kilobytes := re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE):
            found[f"{name} {pid}"] = int(kilobytes[1]) / 1024
    return found


def wait_until_quiet(root: int) -> None:
    """Until everything that was left to do is done: two stretches with hardly any work."""
    quiet, deadline = 0, time.monotonic() + LONGEST_S
    before = _cpu_s(root)
    while quiet < 2:
        if time.monotonic() > deadline:
            raise RuntimeError(f"still busy after {LONGEST_S:g} s")
        time.sleep(QUIET_S)
        now = _cpu_s(root)
        quiet = quiet + 1 if now - before < QUIET_CPU_SHARE * QUIET_S else 0
        before = now


def unpack(commit: str, folder: Path) -> None:
    """The sources of a commit. Raises CannotMeasure where it is not at hand."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if packed.returncode != 0:
        raise CannotMeasure(f"commit {commit} is not in this copy: {packed.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _stat(int(entry.name), 1)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    family = [root]
    for pid in family:
        family += children.get(pid, [])
    return family


def _cpu_s(root: int) -> float:
    ticks = [(_stat(pid, 11) or 0) + (_stat(pid, 12) or 0) for pid in _family(root)]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int, field: int) -> int | None:
    """A field of /proc/…/stat, counted from the state on, which is 0; None when the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[field])
    except OSError:
        return None


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _wait_for_summary(process: "subprocess.Popen[bytes]", *, until: float) -> None:
    assert process.stdout is not None
    shown = b""
    while RUNS not in shown:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        part = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not part:
            raise RuntimeError(f"the launcher showed no summary:\n{shown.decode(errors='replace')}")
        shown += part
