"""Clients that ask one server again and again on kept connections, and say what became of each request."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

END_OF_HEAD = b"\r\n\r\n"


class Crowd:
    """
    answered  replies by status
    closing   of these, how many said `Connection: close`
    cut       requests that were sent and got no reply: what a client cannot tell from lost work
    refused   connections that were refused; of those nothing had been sent
    """

    def __init__(self, port: int, path: str) -> None:
        self.answered: Counter[int] = Counter()
        self.closing = self.cut = self.refused = 0
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()
        self._is_over = False

    @property
    def answered_count(self) -> int:
        return sum(self.answered.values())

    async def ask_until_refused(self, *, pause_s: float, requests_per_connection: int | None = None) -> None:
        """One client: a connection is used until the server says it closes it, or for so many requests."""
        while not self._is_over:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                self.refused += 1
                return
            left = requests_per_connection or -1
            try:
                while left and not self._is_over and await self._ask(reader, writer):
                    left -= 1
                    await asyncio.sleep(pause_s)
            finally:
                writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may be used again. One that was closed before the request is no cut request."""
        if reader.at_eof():
            return False
        try:
            writer.write(self._request)
            head = (await reader.readuntil(END_OF_HEAD)).decode("latin-1").lower()
            length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
            await reader.readexactly(int(length.split(":")[1]))
        except (OSError, asyncio.IncompleteReadError):
            self.cut += 1
            return False
        self.answered[int(head.split(" ", 2)[1])] += 1
        self.closing += (is_closing := "\r\nconnection: close" in head)
        return not is_closing

    def end(self) -> None:
        self._is_over = True


@asynccontextmanager
async def crowd(port: int, path: str, *, size: int, pause_s: float = 0.0) -> AsyncIterator[Crowd]:
    """`size` clients; every fourth opens a connection for each request."""
    asking = Crowd(port, path)
    tasks = [
        asyncio.create_task(
            asking.ask_until_refused(pause_s=pause_s, requests_per_connection=1 if number % 4 == 0 else None)
        )
        for number in range(size)
    ]
    try:
        yield asking
    finally:
        asking.end()
        await asyncio.gather(*tasks)
