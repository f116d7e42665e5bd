"""The fork server: processes that behave like programs of their own, with their imports done before."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.children import MODULE, Child, Command
from deploy.embedded.errors import ChildDied
from deploy.embedded.forking import IS_AVAILABLE, ForkServer
from tests.support.eventually import eventually

pytestmark = pytest.mark.skipif(not IS_AVAILABLE, reason="forks are for Linux")

# What each of these modules does when it is run.
MODULES = {
    "says": "import os, sys; print(*sys.argv[1:], os.environ['SAID'], __name__, flush=True); sys.exit(7)",
    "waits": "import signal; print('waiting', flush=True); signal.pause()",
    "breaks": "raise LookupError('no such thing')",
    "starts": "import subprocess; subprocess.run(['sh', '-c', 'echo up; sleep 600'])",
    "counts": "import random, common.clock as clock; print(clock.new_id(), random.random())",
    "heavy": "import os, heavy.app; print('imported', 'here' if heavy.app.pid == os.getpid() else 'before')",
}
Start = Callable[..., Child]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        package = tmp_path / "packages" / name
        package.mkdir(parents=True)
        (package / "__main__.py").write_text(f"{text}\n")
    (tmp_path / "packages" / "heavy" / "app.py").write_text("import os\npid = os.getpid()\n")
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[ForkServer]:
    env = {"PYTHONPATH": str(folder / "packages"), "PYTHONUNBUFFERED": "1"}
    server = ForkServer(("heavy", "says"), env, folder / "fork-server.log")
    yield server
    server.kill()


@pytest.fixture
def start(server: ForkServer, folder: Path) -> Start:
    def start(module: str, *arguments: str, log: str = "log", **more: str) -> Child:
        command = Command(module, (*MODULE, module, *arguments), env={"SAID": "nothing", **more})
        return Child(command, folder / log, server.launch)

    return start


async def has_said(child: Child, words: str) -> None:
    await eventually(lambda: words in child.tail())


def test_a_module_gets_its_arguments_and_environment_and_gives_its_exit_code(start: Start) -> None:
    child = start("says", "a", "b c", SAID="hello")
    assert child.wait_for_exit(30) == 7
    assert child.tail() == "a b c hello __main__"
    assert start("says").wait_for_exit(30) == 7
    assert child.tail().splitlines()[-1] == "nothing __main__"  # the environment of one is not another's


def test_what_was_imported_before_is_there(start: Start) -> None:
    child = start("heavy")
    assert child.wait_for_exit(30) == 0
    assert child.tail() == "imported before"


def test_a_failure_leaves_its_traceback_in_the_log(start: Start) -> None:
    child = start("breaks")
    assert child.wait_for_exit(30) == 1
    assert child.tail().endswith("LookupError: no such thing")


def test_no_two_processes_draw_the_same_ids_or_numbers(start: Start) -> None:
    drawn = []
    for number in range(3):
        child = start("counts", log=f"log-{number}")
        assert child.wait_for_exit(30) == 0, child.tail()
        drawn += child.tail().split()
    assert len(set(drawn)) == 6


async def test_a_signal_ends_it_and_is_told(start: Start) -> None:
    child = start("waits")
    await has_said(child, "waiting")
    assert child.exit_code() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait_for_exit(0.05)
    assert child.stop() == -signal.SIGTERM
    child.signal(signal.SIGKILL)  # nobody is there to get it


async def test_a_kill_takes_what_it_started_too(start: Start) -> None:
    child = start("starts")
    await has_said(child, "up")
    group = child.pid
    assert child.kill() == -signal.SIGKILL
    await eventually(lambda: not group_lives(group))


async def test_several_end_in_any_order(start: Start) -> None:
    first, second = start("waits", log="first"), start("says", log="second")
    assert second.wait_for_exit(30) == 7
    await has_said(first, "waiting")
    assert first.kill() == -signal.SIGKILL


async def test_its_processes_die_with_it_and_no_more_are_started(server: ForkServer, start: Start) -> None:
    child = start("waits")
    await has_said(child, "waiting")
    os.kill(server.child.pid, signal.SIGKILL)
    assert child.wait_for_exit(30) == -signal.SIGKILL
    await eventually(lambda: not group_lives(child.pid))
    with pytest.raises(ChildDied, match="fork-server was killed by SIGKILL"):
        start("says")


LAUNCHER = """
import sys
from pathlib import Path
from deploy.embedded.children import MODULE, Child, Command
from deploy.embedded.forking import ForkServer
folder = Path(sys.argv[1])
server = ForkServer((), {"PYTHONPATH": str(folder / "packages"), "PYTHONUNBUFFERED": "1"}, folder / "log")
print(server.child.pid, Child(Command("waits", (*MODULE, "waits")), folder / "log", server.launch).pid, flush=True)
input()
"""


@pytest.fixture
def launched(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", list[int]]]:
    """A launcher in a process of its own, and the numbers of its server and of a process of that."""
    argv = [sys.executable, "-c", LAUNCHER, str(folder)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    yield process, [int(pid) for pid in process.stdout.readline().split()]
    process.kill()
    process.communicate()


async def test_all_of_it_dies_with_the_launcher(launched: tuple["subprocess.Popen[bytes]", list[int]]) -> None:
    process, pids = launched
    await eventually(lambda: all(map(group_lives, pids)))
    process.kill()
    await eventually(lambda: not any(map(group_lives, pids)))


def group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
