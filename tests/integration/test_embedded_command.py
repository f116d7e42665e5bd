"""`python -m deploy.embedded` as a process: Ctrl-C, termination and a killed parent."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.embedded import operating, state
from deploy.embedded.ports import free_port, is_free
from tests.support import stand_in
from tests.support.eventually import eventually

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
import signal
import sys
from pathlib import Path
from deploy.embedded import __main__ as command
from deploy.embedded.plan import Plan

# A child inherits that its parent ignores Ctrl-C, as a shell's background jobs do.
signal.signal(signal.SIGINT, signal.default_int_handler)
home, *ports = sys.argv[1:]
names = ["postgres", "nats", "one", "one-work", "portal", "issuer"]
known = dict(zip(names, map(int, ports)))
plan = Plan(Path(home), Path(home), known, services=("one",), pages=(), prepares=(), durable=False)
command.plan_of = lambda options: plan
sys.argv[1:] = ["run", "--without-samples"]
sys.exit(command.main())
"""


class Running:
    def __init__(self, folder: Path, **env: str) -> None:
        stand_in.install(folder / "packages", "one")
        self.ports = [free_port() for _ in range(6)]
        self.notes = folder / "notes"
        ours = {
            "PYTHONPATH": os.pathsep.join([str(folder / "packages"), str(REPOSITORY)]),
            "STAND_IN_NOTES": str(self.notes),
        }
        argv = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder / "home"), *map(str, self.ports)]
        self.process = subprocess.Popen(argv, env={**os.environ, **ours, **env}, stderr=subprocess.PIPE, text=True)

    def read_until(self, words: str) -> str:
        assert self.process.stderr is not None
        seen = ""
        for line in self.process.stderr:
            seen += line
            if words in line:
                return seen
        raise AssertionError(f"never said {words!r}:\n{seen}")

    def pid_of(self, process: str) -> int:
        return int(self.notes.with_name(f"{process}.pid").read_text())

    def all_ports_free(self) -> bool:
        return all(map(is_free, self.ports))


@contextmanager
def started(folder: Path, cluster: Path, **env: str) -> Iterator[Running]:
    """Killed at the end, if it still runs."""
    shutil.copytree(cluster, folder / "home" / "postgres")
    running = Running(folder, **env)
    with running.process:
        try:
            running.read_until("Ctrl-C")
            yield running
        finally:
            running.process.kill()


@pytest.fixture
def running(tmp_path: Path, cluster: Path) -> Iterator[Running]:
    with started(tmp_path, cluster) as running:
        yield running


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_everything_in_order(running: Running, ending: signal.Signals) -> None:
    running.process.send_signal(ending)
    _stopped_in_order(running)


def _stopped_in_order(running: Running) -> None:
    running.read_until("Stopped.")
    assert running.process.wait(30) == 0
    assert {"one-serve stopped", "one-work stopped"} <= set(running.notes.read_text().splitlines())
    assert running.all_ports_free()


async def test_nothing_outlives_a_killed_parent(running: Running) -> None:
    running.process.kill()
    running.process.wait()
    await eventually(running.all_ports_free, within=10)


async def test_a_second_ctrl_c_stops_at_once(tmp_path: Path, cluster: Path) -> None:
    with started(tmp_path, cluster, STAND_IN_LINGERS="1") as running:
        running.process.send_signal(signal.SIGINT)
        running.read_until("again")
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(10) == 130  # well before the 25 s a lingering service is given
        running.read_until("Stopped at once")
        await eventually(running.all_ports_free, within=10)


def test_another_command_sees_it_and_stops_it_in_order(running: Running, tmp_path: Path) -> None:
    found = state.occupant(tmp_path / "home")
    assert found is not None
    assert (found.pid, list(found.ports.values())) == (running.process.pid, running.ports)
    assert operating.stop(tmp_path / "home") == f"Stopped. Everything is kept in {tmp_path / 'home'}"
    _stopped_in_order(running)
    assert operating.stop(tmp_path / "home") == f"Nothing runs in {tmp_path / 'home'}."


def test_ctrl_c_ends_it_where_the_parent_ignores_interrupts(tmp_path: Path, cluster: Path) -> None:
    """As in a shell's background job."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with started(tmp_path, cluster) as running:
            running.process.send_signal(signal.SIGINT)
            _stopped_in_order(running)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_dead_child_ends_the_run_with_one_line_and_code_1(running: Running) -> None:
    os.kill(running.pid_of("one-work"), signal.SIGKILL)
    running.read_until("one-work was killed by SIGKILL; its log is")
    assert running.process.wait(30) == 1
    assert running.all_ports_free()
