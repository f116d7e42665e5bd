"""A real HTTP server on this machine that speaks OpenAI's chat completions, right or wrong as a test tells it to."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Reply = Callable[[dict[str, Any]], Awaitable[Response]]


def completion(content: str, *, tokens: int = 100) -> Response:
    """A reply of the protocol with this content."""
    message = {"role": "assistant", "content": content}
    return JSONResponse({"choices": [{"message": message}], "usage": {"total_tokens": tokens}})


def answers(*given: dict[str, Any]) -> Response:
    return completion(json.dumps({"answers": list(given)}, ensure_ascii=False))


class ChatServer:
    """`received` holds (headers, body) of every request to /v1/chat/completions, `elsewhere` counts all others."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.elsewhere = 0
        self.url = ""
        self._reply: Reply | None = None

    def says(self, *replies: Response | Reply) -> None:
        """Give these replies one after another, and the last one again and again."""
        left = list(replies)

        async def reply(body: dict[str, Any]) -> Response:
            one = left.pop(0) if len(left) > 1 else left[0]
            return one if isinstance(one, Response) else await one(body)

        self._reply = reply

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.received.append((dict(request.headers), body))
        assert self._reply is not None
        return await self._reply(body)

    async def miss(self, request: Request) -> Response:
        self.elsewhere += 1
        return Response("{}")


@asynccontextmanager
async def chat_server() -> AsyncIterator[ChatServer]:
    chat = ChatServer()
    routes = [
        Route("/v1/chat/completions", chat.complete, methods=["POST"]),
        Route("/{rest:path}", chat.miss, methods=["GET", "POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    # Connections that come before the server is up wait in the socket's queue.
    chat.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield chat
    finally:
        server.should_exit = server.force_exit = True
        await serving
