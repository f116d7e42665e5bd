"""What the reads are held against, as processes of their own: a bare FastAPI route, and a socket that only answers.

`python -m tests.bench.bare fastapi PORT` runs on the server settings of every service; `socket PORT` shows how many
requests the load generator could send at most.
"""

import asyncio
import sys
from typing import cast

import uvloop
from fastapi import FastAPI

from common import runtime
from common.settings import ServiceSettings

REPLY = b'HTTP/1.1 200 OK\r\ncontent-length: 15\r\ncontent-type: application/json\r\n\r\n{"status":"ok"}'


def bare_app() -> FastAPI:
    app = FastAPI()

    @app.get("/bare")
    async def bare() -> dict[str, str]:
        return {"status": "ok"}

    return app


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(REPLY)


async def answer(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", port)
    await server.serve_forever()


def main(kind: str, port: int) -> None:
    if kind == "fastapi":
        settings = ServiceSettings(port=port, database_url="postgresql+asyncpg://nobody@127.0.0.1/none")
        runtime.serve("bare", bare_app(), settings)
    else:
        uvloop.run(answer(port))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
