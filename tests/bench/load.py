"""A load generator on raw sockets: cheap enough per request that the server is what is measured."""

import asyncio
import re
from dataclasses import dataclass
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
CONNECTIONS = 16


@dataclass
class Count:
    answered: int = 0
    failed: int = 0


class _Connection(asyncio.Protocol):
    """Sends the same request again as soon as the reply is whole."""

    def __init__(self, request: bytes, count: Count) -> None:
        self._request, self._count = request, count
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._whole = 0  # bytes the present reply will have, 0 while its head is incomplete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            self._whole = _size_of(self._buffer)
        if self._whole and len(self._buffer) >= self._whole:
            self._count.answered += 1
            self._count.failed += not self._buffer.startswith(b"HTTP/1.1 200")
            self._buffer.clear()
            self._whole = 0
            assert self._transport is not None
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self._count.failed += exc is not None


def _size_of(buffer: bytearray) -> int:
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    length = _LENGTH.search(buffer, 0, end + 2)
    return end + 4 + (int(length[1]) if length else 0)


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    """A GET request as bytes."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def rate(port: int, request: bytes, *, for_s: float, warm_up_s: float = 0.3) -> float:
    """Replies per second over CONNECTIONS keep-alive connections, each with one request in flight.

    Raises RuntimeError when a reply is not 200 or a connection breaks.
    """
    count = Count()
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: _Connection(request, count), "127.0.0.1", port))[0]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(warm_up_s)
    began_at, before = loop.time(), count.answered
    await asyncio.sleep(for_s)
    answered, took_s = count.answered - before, loop.time() - began_at
    for transport in opened:
        transport.abort()
    if count.failed or not answered:
        raise RuntimeError(f"{count.failed} of {count.answered} requests failed: {request.splitlines()[0].decode()}")
    return answered / took_s
