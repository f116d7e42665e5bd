"""Imports modules once, then forks for each request a process that runs `python -m …` with them at hand.

Run as a script: `python fork_server.py SOCKET SHARED SERVICE…`, SOCKET the number of an open file, SHARED the
modules that all services import, separated by commas. Once it has those it forks a branch of itself for each
SERVICE, and these import their `app` side by side. It reads requests and writes reports on the socket, one JSON
object a line:

    {"start": {"argv": [module, argument…], "env": {…}, "log": path, "is_shown": false}}    answered by {"started": pid}
    {"signal": [pid, number]}    to the process and, for SIGKILL, to whatever it started
    {"ended": [pid, code]}       reported once for each; the code is negative when a signal ended it

What is asked of the module SERVICE is forked by its branch, everything else by the server itself. It ends when
the socket does, or a branch; its branches and processes end with it.
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
    server = Server(socket.socket(fileno=int(argv[1])))
    gc.disable()  # what an import leaves is hardly ever garbage
    for name in argv[2].split(","):
        preload(name)
    for service in argv[3:]:
        if branch := server.branch(service):
            server = branch
            preload(f"{service}.app")
            break
    module, *arguments = server.serve()
    # From here on in a child, whose code and exit code are those of `python -m module arguments`.
    gc.enable()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def preload(name: str) -> None:
    """A service without this module is imported by its own processes, with the same words when it is at fault."""
    with suppress(ImportError):
        importlib.import_module(name)


class Lines:
    """The whole lines that come out of a socket."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._left = b""

    def read(self) -> list[bytes]:
        """Those there are, once something can be read. Ends this process when the other end is gone."""
        part = self.end.recv(READ_BYTES)
        if not part:
            sys.exit()
        *lines, self._left = (self._left + part).split(b"\n")
        return lines


class Server:
    """Forks, signals and waits for the processes that are asked for on `control`."""

    def __init__(self, control: socket.socket) -> None:
        self._control = Lines(control)
        self._branches: dict[str, Lines] = {}
        self._running: set[int] = set()
        self._woken, wakes = socket.socketpair()
        wakes.setblocking(False)
        self._wakes = wakes

    def branch(self, service: str) -> "Server | None":
        """Fork a server for one service. Returns it in the branch, None here."""
        ours, theirs = socket.socketpair()
        gc.freeze()
        server = os.getpid()
        if os.fork() == 0:
            ours.close()
            self._leave()
            die_with(server)
            return Server(theirs)
        theirs.close()
        self._branches[service] = Lines(ours)
        return None

    def serve(self) -> list[str]:
        """Returns in each child, with what it is to run. In the server it ends with SystemExit."""
        signal.set_wakeup_fd(self._wakes.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        branches = {branch.end: branch for branch in self._branches.values()}
        while True:
            ready, _, _ = select.select([self._control.end, self._woken, *branches], [], [])
            if self._woken in ready:
                self._woken.recv(READ_BYTES)
                self._report_ends()
            for end in branches.keys() & set(ready):
                for line in branches[end].read():
                    self._send(line)
            if self._control.end in ready:
                for line in self._control.read():
                    if todo := self._done(line):
                        return todo

    def _done(self, line: bytes) -> list[str] | None:
        """In a child what it is to run; None in the server."""
        request: Request = json.loads(line)
        if "signal" in request:
            self._signal(*request["signal"])
            for branch in self._branches.values():
                branch.end.sendall(line + b"\n")
            return None
        argv: list[str] = request["start"]["argv"]
        if asked := self._branches.get(argv[0]):
            asked.end.sendall(line + b"\n")
            return None
        # Else a child would look through all of this for garbage, and so get a copy of the pages it lies on.
        gc.freeze()
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave()
            become(server, request["start"])
            return argv
        self._running.add(pid)
        self._send(json.dumps({"started": pid}).encode())
        return None

    def _leave(self) -> None:
        """A child has no part in this."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._woken, self._wakes, self._control.end, *(branch.end for branch in self._branches.values())):
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
            self._send(json.dumps({"ended": [pid, os.waitstatus_to_exitcode(status)]}).encode())

    def _send(self, report: bytes) -> None:
        with suppress(BrokenPipeError):  # the other end is gone, which the next read tells
            self._control.end.sendall(report + b"\n")


def die_with(server: int) -> None:
    """Tie a fresh fork's life to that of the process it came from."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != server:  # it died before the request above
        os.kill(os.getpid(), signal.SIGKILL)


def become(server: int, start: Request) -> None:
    """Turn a fresh fork into a process of its own session, environment and log that dies with the server."""
    die_with(server)
    os.setsid()
    log = os.open(start["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    if not start["is_shown"]:
        os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(start["env"])


if __name__ == "__main__":
    main(sys.argv)
