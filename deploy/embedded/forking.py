"""The launcher's side of the fork server, from which services start with their imports done and their memory shared."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.embedded.children import MODULE, Child, Command

SCRIPT = Path(__file__).with_name("fork_server.py")
NAME = "fork-server"
IS_AVAILABLE = sys.platform == "linux"
"""Elsewhere a fork that goes on without exec is not safe."""
READ_BYTES = 65536
EVERY_SERVICE = (
    "asyncpg",
    "common.idempotency",
    "common.runtime",
    "common.web",
    "pygments.lexers",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvloop",
)
"""What all of them import, before they start or while they do."""


class ForkServer:
    """Start it early: it imports while other parts start, and the first `launch` waits for that."""

    def __init__(self, services: tuple[str, ...], env: Mapping[str, str], log: Path) -> None:
        """`services` have their `app` imported; `env` is the one that Python reads when it starts."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            argv = (sys.executable, "-P", str(SCRIPT), str(theirs.fileno()), ",".join(EVERY_SERVICE), *services)
            # Its own errors, and what children that are shown say, go to the terminal.
            command = Command(NAME, argv, env=env, is_shown=True, pass_fds=(theirs.fileno(),))
            self.child = Child(command, log)
        self._received = b""
        self._started: list[int] = []
        self._codes: dict[int, int] = {}
        self._is_gone = False

    def launch(self, command: Command, log: Path) -> "Forked":
        """Runs `command`, which is a module of Python's. Raises ChildDied when the server has ended."""
        if command.argv[: len(MODULE)] != MODULE:
            raise ValueError(f"not a Python module: {command.argv}")
        start = {
            "argv": command.argv[len(MODULE) :],
            "env": {**os.environ, **command.env},
            "log": str(log.resolve()),
            "is_shown": command.is_shown,
        }
        self.send({"start": start})
        while not self._started:
            if self._is_gone:
                raise self.child.died()
            self.listen(None)
        return Forked(self, command, self._started.pop())

    def code_of(self, pid: int) -> int | None:
        """None while it runs. With the server its processes are gone too."""
        return self._codes.get(pid, -signal.SIGKILL if self._is_gone else None)

    def send(self, request: dict[str, Any]) -> None:
        with suppress(OSError):  # the server is gone, which the next `listen` tells
            self._socket.sendall(json.dumps(request).encode() + b"\n")

    def listen(self, within_s: float | None) -> None:
        """Take in what the server reports within this time, or wait until it reports something."""
        if self._is_gone or not select.select([self._socket], [], [], within_s)[0]:
            return
        try:
            part = self._socket.recv(READ_BYTES)
        except ConnectionError:
            part = b""
        self._is_gone = not part
        *lines, self._received = (self._received + part).split(b"\n")
        for report in map(json.loads, lines):
            if "started" in report:
                self._started.append(report["started"])
            else:
                pid, self._codes[pid] = report["ended"]

    def stop(self) -> None:
        """Once its processes have ended: with it they would be killed."""
        self.child.stop()
        self._close()

    def kill(self) -> None:
        self.child.kill()
        self._close()

    def _close(self) -> None:
        self._is_gone = True
        self._socket.close()


class Forked:
    """A process that the server started."""

    def __init__(self, server: ForkServer, command: Command, pid: int) -> None:
        self._server, self._command = server, command
        self.pid = pid

    def poll(self) -> int | None:
        self._server.listen(0.0)
        return self._server.code_of(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise subprocess.TimeoutExpired(self._command.argv, timeout or 0.0)
            self._server.listen(left_s)
        return code

    def send_signal(self, sig: int) -> None:
        self._server.send({"signal": [self.pid, int(sig)]})

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
