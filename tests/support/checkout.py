"""The project as a newcomer has it: a folder in which they type what the READMEs say."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.plan import DEFAULT_PORTS, Plan, default_cache
from deploy.embedded.ports import free_port, variable_for
from tests.support.stack import Running

ROOT = Path(__file__).parents[2]
LINKED = ("Makefile", "deploy", "pyproject.toml", "requirements.lock")
RUNS = "is running"
"""Words of what `make run` shows once everything answers."""
STORY = re.compile(r"<!-- story(, until Ctrl-C)? -->\n```bash\n(.*?)```(?:\s*```\n(.*?)```)?", re.DOTALL)
# A person types all of it in one shell; here each block has its own and finds the variables of those before it.
SHELL = "set -eua; if [ -f state ]; then . ./state; fi\n{block}\nexport -p > state\n"


@dataclass(frozen=True)
class Block:
    """What is typed, what the README says it prints (may be empty), and whether it prints until Ctrl-C."""

    typed: str
    printed: str
    is_endless: bool


def blocks(readme: str) -> list[Block]:
    """The marked blocks of a README, in its order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [Block(typed, printed, bool(endless)) for endless, typed, printed in STORY.findall(text)]


class Checkout(Running):
    """`.venv`, the Makefile and the launcher are this project's own; state and ports are of its own."""

    def __init__(self, folder: Path) -> None:
        home = folder / ".jingqiao"
        super().__init__(Plan(home, default_cache(home), ports={name: free_port() for name in DEFAULT_PORTS}))
        self.folder = folder
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(sys.prefix)
        ports = {variable_for(f"{name}-port"): str(port) for name, port in self.plan.ports.items()}
        self._env = {**os.environ, **ports, "JINGQIAO_HOME": str(home)}

    def make(self, *words: str) -> list[str]:
        """The command line of a verb; the virtual environment counts as set up."""
        return ["make", "--old-file=.venv/.ready", *words]

    @contextmanager
    def running(self, *, within: float) -> Iterator[None]:
        """From the summary of `make run` to the end of `make stop`."""
        serving = self._started(self.make("run"))
        try:
            assert RUNS in (shown := _read_until(serving, RUNS, within=within)), shown
            yield
            self.typed(" ".join(self.make("stop")))
            assert serving.wait(60) == 0
        finally:
            _interrupt(serving)

    def typed(self, block: str) -> str:
        """What a shell prints for a block; fails with its words when it fails."""
        done = subprocess.run(self._shell(block), cwd=self.folder, env=self._env, capture_output=True, text=True)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def typing(self, block: str) -> Iterator[None]:
        """While an endless block goes on; Ctrl-C ends it."""
        process = self._started(self._shell(block))
        try:
            yield
        finally:
            _interrupt(process)

    def watched(self, block: str, wanted: str, *, within: float) -> str:
        """What an endless block has shown when `wanted` is there, or the time is up; then Ctrl-C ends it."""
        process = self._started(self._shell(block))
        try:
            return _read_until(process, wanted, within=within)
        finally:
            _interrupt(process)

    def _shell(self, block: str) -> list[str]:
        return ["bash", "-o", "pipefail", "-c", SHELL.format(block=block)]

    def _started(self, argv: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            argv,
            cwd=self.folder,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _read_until(process: "subprocess.Popen[bytes]", wanted: str, *, within: float) -> str:
    assert process.stdout is not None
    shown, deadline = b"", time.monotonic() + within
    while wanted not in shown.decode(errors="replace"):
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not part:
            break
        shown += part
    return shown.decode(errors="replace")


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    """Ctrl-C in its terminal, which all that it started hears."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
