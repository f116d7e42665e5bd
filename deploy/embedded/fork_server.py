"""Imports modules once, then forks for each request a process that runs `python -m …` with them at hand.

Run as a script: `python fork_server.py SOCKET MODULE…`, SOCKET the number of an open file. It reads requests and writes
reports there, one JSON object a line:

    {"start": {"argv": [module, argument…], "env": {…}, "log": path, "is_shown": false}}    answered by {"started": pid}
    {"signal": [pid, number]}    to the process and, for SIGKILL, to whatever it started
    {"ended": [pid, code]}       reported once for each; the code is negative when a signal ended it

It ends when the socket does, and its processes end with it.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

PR_SET_PDEATHSIG = 1
READ_BYTES = 65536

Request = dict[str, Any]


def main(argv: list[str]) -> None:
    control = socket.socket(fileno=int(argv[1]))
    gc.disable()  # what an import leaves is hardly ever garbage
    for name in argv[2:]:
        if select.select([control], [], [], 0)[0]:
            break  # a process that is asked for does not wait for the imports of others
        preload(name)
    module, *arguments = Server(control).serve()
    # From here on in a child, whose code and exit code are those of `python -m module arguments`.
    gc.enable()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def preload(name: str) -> None:
    """A service without this module is imported by its own processes, with the same words when it is at fault."""
    with suppress(ImportError):
        importlib.import_module(name)


class Server:
    """Forks, signals and waits for the processes that are asked for on `control`."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._running: set[int] = set()
        self._woken, wakes = socket.socketpair()
        wakes.setblocking(False)
        self._wakes = wakes

    def serve(self) -> list[str]:
        """Returns in each child, with what it is to run. In the server it ends with SystemExit."""
        signal.set_wakeup_fd(self._wakes.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        left = b""
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                self._woken.recv(READ_BYTES)
                self._report_ends()
            if self._control not in ready:
                continue
            part = self._control.recv(READ_BYTES)
            if not part:
                sys.exit()
            *lines, left = (left + part).split(b"\n")
            for line in lines:
                if todo := self._done(json.loads(line)):
                    return todo

    def _done(self, request: Request) -> list[str] | None:
        """In a child what it is to run; None in the server."""
        if "signal" in request:
            self._signal(*request["signal"])
            return None
        argv: list[str] = request["start"]["argv"]
        preload(f"{argv[0]}.app")
        # Else a child would look through all of this for garbage, and so get a copy of the pages it lies on.
        gc.freeze()
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave()
            become(server, request["start"])
            return argv
        self._running.add(pid)
        self._send({"started": pid})
        return None

    def _leave(self) -> None:
        """A child has no part in this."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._control, self._woken, self._wakes):
            end.close()

    def _signal(self, pid: int, number: int) -> None:
        if pid not in self._running:  # it has ended, and its number may be another's
            return
        os.kill(pid, number)
        if number == signal.SIGKILL:
            with suppress(ProcessLookupError):  # it had no session of its own yet
                os.killpg(pid, number)

    def _report_ends(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._running.discard(pid)
            self._send({"ended": [pid, os.waitstatus_to_exitcode(status)]})

    def _send(self, report: Request) -> None:
        with suppress(BrokenPipeError):  # the launcher is gone, which the next read tells
            self._control.sendall(json.dumps(report).encode() + b"\n")


def become(server: int, start: Request) -> None:
    """Turn a fresh fork into a process of its own session, environment and log that dies with the server."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != server:  # it died before the request above
        os.kill(os.getpid(), signal.SIGKILL)
    os.setsid()
    log = os.open(start["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    if not start["is_shown"]:
        os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(start["env"])


if __name__ == "__main__":
    main(sys.argv)
