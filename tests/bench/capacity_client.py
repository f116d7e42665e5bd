"""A client of many kept connections, cheap per request, that reads replies whole."""

import asyncio

LONGEST_S = 30.0
MOST_CONNECTIONS = 200


class Caller:
    """Sends to one port; beyond MOST_CONNECTIONS in hand the next request waits."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def ask(self, request: bytes) -> bytes:
        """The reply's body. Raises OSError for a status that is not good, and when it takes longer than LONGEST_S."""
        async with self._places:
            reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
            try:
                async with asyncio.timeout(LONGEST_S):
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                    body = await reader.readexactly(_length(head))
            except BaseException:
                writer.transport.abort()
                raise
            self._idle.append((reader, writer))
        if head[9:10] != b"2":
            raise OSError(head[:12].decode())
        return body

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
