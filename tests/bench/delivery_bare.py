"""What deliveries are held against: nats-py and httpx alone, and a receiver that does next to nothing.

`python -m tests.bench.delivery_bare PORT` is that receiver: 204 to every POST, to a GET how many there were.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import httpx
import uvloop

from tests.bench import platform
from tests.bench.delivery_site import WINDOW, Site, event, jetstream

EVENTS = 6_000
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


async def published_and_pulled(at: Site) -> float:
    """Events a second that are published one after the other, each acknowledged, and then pulled and acknowledged."""
    return await _published_and_pulled(at, 1)


async def published_at_once(at: Site) -> float:
    """The same with WINDOW of them on their way at once."""
    return await _published_and_pulled(at, WINDOW)


async def _published_and_pulled(at: Site, at_once: int) -> float:
    body, loop = event(), asyncio.get_running_loop()
    async with jetstream(at.nats_url) as js:
        subscription = await js.pull_subscribe("catalog.bare", "bare", "CATALOG")
        began = loop.time()
        for _ in range(0, EVENTS, at_once):
            await asyncio.gather(*(js.publish("catalog.bare", body) for _ in range(at_once)))
        pulled = 0
        while pulled < EVENTS:
            for message in await subscription.fetch(WINDOW, timeout=5):
                await message.ack()
                pulled += 1
        return pulled / (loop.time() - began)


async def posted(count: int, at_once: int) -> float:
    """Requests a second of httpx alone to the receiver."""
    body, loop = event(), asyncio.get_running_loop()
    with receiving() as port:
        async with httpx.AsyncClient() as client:
            left = iter(range(count))

            async def post() -> None:
                for _ in left:
                    (await client.post(f"http://127.0.0.1:{port}/", content=body)).raise_for_status()

            began = loop.time()
            await asyncio.gather(*(post() for _ in range(at_once)))
            return count / (loop.time() - began)


@contextmanager
def receiving() -> Iterator[int]:
    """The receiver in a process of its own; its port."""
    with platform.beside("tests.bench.delivery_bare") as port:
        yield port


async def received_count(port: int) -> int:
    # Reading certificates, each time, would take longer than all else.
    async with httpx.AsyncClient(verify=False) as client:
        return int((await client.get(f"http://127.0.0.1:{port}/")).text)


class _Receiving(asyncio.Protocol):
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._read = cast(asyncio.Transport, transport), b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        length = _length(head)
        if not found or len(body) < length:
            return
        self._read = body[length:]
        if head.startswith(b"GET"):
            said = str(_Receiving.count).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said))
        else:
            _Receiving.count += 1
            self._transport.write(TAKEN)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def answer(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Receiving, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(answer(int(sys.argv[1])))
