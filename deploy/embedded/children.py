"""Child processes that write to a log file, die with this process and are stopped politely, then firmly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from common import private_file
from deploy.embedded.errors import ChildDied, NotReady

LEASH = Path(__file__).with_name("leash.py")
MODULE = (sys.executable, "-P", "-m")
"""Runs a module of Python's; -P: the current folder is no place to import from."""
POLL_EVERY_S = 0.02
TAIL_LINES = 15
TAIL_BYTES = 8192


@dataclass(frozen=True)
class Account:
    """Whom a child runs as when this process is root."""

    uid: int
    gid: int
    pass_closed_folders: bool = False


@dataclass(frozen=True)
class Command:
    """How one child is run.

    env           added to this process's own environment
    stop_signal   asks for an orderly end
    death_signal  what the child gets when this process dies without stopping it
    stop_within_s then it is killed
    is_shown      its standard error goes to the terminal instead of the log
    pass_fds      open files it inherits under their numbers
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    stop_within_s: float = 25.0
    is_shown: bool = False
    pass_fds: tuple[int, ...] = ()


class Process(Protocol):
    """What runs a command: as of subprocess.Popen, but for `kill`."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None:
        """SIGKILL to the process and whatever it started."""


Launch = Callable[[Command, Path], Process]
"""Starts a command that writes to a log file."""


class Executed(subprocess.Popen[bytes]):
    """A program of its own. Start it from the main thread: Linux ties its life to the thread that started it."""

    def __init__(self, command: Command, log: Path) -> None:
        binding = ["--parent", str(os.getpid()), "--death-signal", str(int(command.death_signal))]
        with private_file.appended(log) as out:
            super().__init__(
                [*_leash(command.account), *binding, "--", *command.argv],
                env={**os.environ, **command.env},
                # Where the kernel does not report a parent's death, the leash listens for the end of this pipe.
                stdin=subprocess.DEVNULL if sys.platform == "linux" else subprocess.PIPE,
                stdout=out,
                stderr=None if command.is_shown else out,
                # Its own session: a Ctrl-C in the terminal reaches this process alone, which then stops all in order.
                start_new_session=True,
                pass_fds=command.pass_fds,
            )

    def kill(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            super().kill()


class Child:
    """A started command."""

    def __init__(self, command: Command, log: Path, launch: Launch = Executed) -> None:
        self.command = command
        self.log = log
        self._asked_at: float | None = None
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as before:
            self._log_starts_at = before.tell()
        self._process = launch(command, log)

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        if self.exit_code() is None:
            self._process.send_signal(number)

    def ask_to_stop(self) -> None:
        """Once: servers take a second request as an order to drop what they hold."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self.signal(self.command.stop_signal)

    def wait_for_exit(self, within_s: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        return self._process.wait(within_s)

    def stop(self) -> int:
        """Ask unless asked before, wait until `stop_within_s` after that, then kill. Returns the exit code."""
        self.ask_to_stop()
        waited_s = time.monotonic() - (self._asked_at or 0.0)
        try:
            return self._process.wait(max(0.0, self.command.stop_within_s - waited_s))
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """SIGKILL to the child and whatever it started."""
        self._process.kill()
        return self._process.wait()

    def tail(self) -> str:
        """The last lines it wrote since this start."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_starts_at, end - TAIL_BYTES))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-TAIL_LINES:])

    def died(self) -> ChildDied:
        return ChildDied(self.name, self._process.wait(), self.log, self.tail())


def run_to_end(command: Command, *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """For a command of a moment: waits, whatever its exit code, and returns what it printed."""
    argv = [*_leash(command.account), "--", *command.argv]
    env = {**os.environ, **command.env}
    return subprocess.run(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def _leash(account: Account | None) -> list[str]:
    # -I -S: no site-packages, no PYTHON* variables; the wrapper is up in a few milliseconds.
    wrapper = [sys.executable, "-I", "-S", str(LEASH)]
    if account is not None:
        wrapper += ["--uid", str(account.uid), "--gid", str(account.gid)]
        if account.pass_closed_folders:
            wrapper.append("--pass-closed-folders")
    return wrapper


def wait_until(child: Child, is_ready: Callable[[], bool], *, within_s: float, beside: Iterable[Child] = ()) -> None:
    """Poll until ready. Raises ChildDied as soon as the child, or one `beside` it, ends; NotReady at the deadline."""
    deadline = time.monotonic() + within_s
    watched = (child, *beside)
    while not is_ready():
        for one in watched:
            if one.exit_code() is not None:
                raise one.died()
        if time.monotonic() > deadline:
            raise NotReady(child.name, within_s, child.log, child.tail())
        time.sleep(POLL_EVERY_S)


def finish(children: Iterable[Child]) -> None:
    """Wait for children that do one thing and end. Raises ChildDied for the first that ends badly."""
    for child in children:
        if child.wait_for_exit() != 0:
            raise child.died()
