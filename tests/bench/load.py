"""A load generator on raw sockets: cheap enough per request that the server is what is measured."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_STATUS = slice(9, 12)
CONNECTIONS = 16
GOOD = frozenset({200, 201, 304})
PAUSE_S = 1.0
"""After a refusal; clients that obey `Retry-After` wait at least as long."""


@dataclass
class Count:
    """Seconds of each reply by its status, and how many connections broke."""

    took_s: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    broken: int = 0

    @property
    def answered(self) -> int:
        return sum(map(len, self.took_s.values()))

    @property
    def failed(self) -> int:
        return self.broken + sum(len(took) for status, took in self.took_s.items() if status not in GOOD)


class _Connection(asyncio.Protocol):
    """Sends the same request again as soon as the reply is whole, or PAUSE_S after one that is not good."""

    def __init__(self, request: bytes, count: Count) -> None:
        self._request, self._count = request, count
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._whole = 0  # bytes the present reply will have, 0 while its head is incomplete
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._sent_at = self._loop.time()
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            self._whole = _size_of(self._buffer)
        if self._whole and len(self._buffer) >= self._whole:
            status = int(self._buffer[_STATUS])
            self._count.took_s[status].append(self._loop.time() - self._sent_at)
            self._buffer.clear()
            self._whole = 0
            if status in GOOD:
                self._send()
            else:
                self._loop.call_later(PAUSE_S, self._send)

    def connection_lost(self, exc: Exception | None) -> None:
        self._count.broken += exc is not None


def _size_of(buffer: bytearray) -> int:
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    length = _LENGTH.search(buffer, 0, end + 2)
    return end + 4 + (int(length[1]) if length else 0)


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """A GET request as bytes."""
    return _request("GET", path, headers or {}, b"")


def post(path: str, headers: Mapping[str, str], body: object) -> bytes:
    """A POST request as bytes, with a JSON body unless that is None."""
    content = b"" if body is None else json.dumps(body).encode()
    sent = {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}
    return _request("POST", path, sent, content)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def rate(port: int, request: bytes, *, for_s: float) -> float:
    """Replies per second, as `counted` measures them."""
    return (await counted(port, request, for_s=for_s))[0]


async def counted(port: int, request: bytes, *, for_s: float, warm_up_s: float = 0.3) -> tuple[float, int]:
    """Replies per second over CONNECTIONS keep-alive connections, each with one request in flight, and how many came in
    all, those of the warming up included.

    Raises RuntimeError when a reply is not good or a connection breaks.
    """
    count = Count()
    loop = asyncio.get_running_loop()
    opened = await _opened(port, request, count, CONNECTIONS)
    await asyncio.sleep(warm_up_s)
    began_at, before = loop.time(), count.answered
    await asyncio.sleep(for_s)
    answered, took_s = count.answered - before, loop.time() - began_at
    for transport in opened:
        transport.abort()
    if count.failed or not answered:
        raise RuntimeError(f"{count.failed} of {count.answered} requests failed: {request.splitlines()[0].decode()}")
    return answered / took_s, count.answered


async def pressed(port: int, request: bytes, *, connections: int, for_s: float) -> Count:
    """What many connections at once are answered with; each that is refused comes back after PAUSE_S."""
    count = Count()
    opened = await _opened(port, request, count, connections)
    await asyncio.sleep(for_s)
    for transport in opened:
        transport.abort()
    return count


async def _opened(port: int, request: bytes, count: Count, connections: int) -> list[asyncio.Transport]:
    loop = asyncio.get_running_loop()
    return [
        (await loop.create_connection(lambda: _Connection(request, count), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
