"""The leash where the kernel does not report a parent's death: a watcher at the end of a pipe."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.support.eventually import eventually

REPOSITORY = Path(__file__).parents[2]
ELSEWHERE = """
import os, sys
from deploy.embedded import leash
sys.platform = "elsewhere"
leash.main(["--parent", str(os.getppid()), "--", *sys.argv[1:]])
"""


def leashed(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, *command], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_a_command_dies_when_the_pipe_from_its_parent_ends() -> None:
    with leashed("sleep", "600") as child:
        assert child.stdin is not None
        child.stdin.close()  # as the system does when the parent dies
        assert child.wait(10) == -signal.SIGKILL


async def test_the_watcher_goes_when_the_command_ends() -> None:
    with leashed("echo", "done") as child:
        assert child.stdout is not None
        # The watcher holds the other end of standard output, so that ends only when the watcher has gone too.
        assert child.stdout.read() == b"done\n"
        await eventually(lambda: child.poll() == 0)
