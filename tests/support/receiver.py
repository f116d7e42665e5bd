"""A real HTTP server that records what webhooks send it and answers as it is told."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

TEN_GB, FLOOD, TRICKLE_S = 10 << 30, bytes(1 << 16), 0.05


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    received_at: float  # time.monotonic()


@dataclass(frozen=True)
class Answer:
    """What the receiver replies; `hangs` keeps the connection open and silent until the receiver closes.

    closes    the connection ends without an answer
    trickles  a byte of the answer now and then, until the receiver closes
    floods    a body of ten gigabytes, as far as it is taken
    """

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    closes: bool = False
    trickles: bool = False
    floods: bool = False


class Receiver:
    """Listens on a free loopback port while used as a context manager; answers 204 unless told otherwise.

    Challenges are taken, whatever it answers otherwise, and are not among what it `received`; `refuses_challenges` has
    them answered with 403.
    """

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._next: deque[Answer] = deque()
        self._usual = Answer()
        self.challenges: list[Received] = []
        self.refuses_challenges = False
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def received(self, path: str | None = None) -> list[Received]:
        """In order of arrival; all of them, or those at one path."""
        with self._lock:
            return [one for one in self._received if path in (None, one.path)]

    def always(self, answer: Answer | int) -> None:
        with self._lock:
            self._next.clear()
            self._usual = _as_answer(answer)

    def next(self, *answers: Answer | int) -> None:
        """Give these answers to the coming requests, one each, then the usual one again."""
        with self._lock:
            self._next.extend(map(_as_answer, answers))

    def take(self, request: Received) -> Answer:
        with self._lock:
            if b'"notify.endpoint.challenged"' in request.body:
                self.challenges.append(request)
                return Answer(status=403 if self.refuses_challenges else 204)
            self._received.append(request)
            return self._next.popleft() if self._next else self._usual


def _as_answer(answer: Answer | int) -> Answer:
    return Answer(status=answer) if isinstance(answer, int) else answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.command, self.path, headers, body, time.monotonic())
        answer = self.server.receiver.take(request)
        if answer.hangs:
            self.server.receiver.closing.wait()
            self.close_connection = True
            return
        if answer.closes or answer.trickles or answer.floods:
            self._fail(answer)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _fail(self, answer: Answer) -> None:
        self.close_connection = True
        with suppress(OSError):  # the other end has had enough
            if answer.trickles:
                for byte in b"HTTP/1.1 204 No Content\r\nX-Slow: yes, very\r\n" * 1_000:
                    self.wfile.write(bytes([byte]))
                    if self.server.receiver.closing.wait(TRICKLE_S):
                        return
            if answer.floods:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % TEN_GB)
                for _ in range(TEN_GB // len(FLOOD)):
                    self.wfile.write(FLOOD)

    do_GET = do_PUT = do_DELETE = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what was received is in the record."""
