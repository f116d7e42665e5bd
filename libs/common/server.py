"""The HTTP server of every process: told to stop, it says so, answers whatever comes meanwhile, and only then goes."""

import asyncio
import os
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

from common.protocol import ProblemProtocol

POLL_S = 0.05


class State(ServerState):
    """Shared with every connection: once `is_stopping`, each reply says that its connection ends with it."""

    is_stopping = False


class Server(uvicorn.Server):
    """Uvicorn's, which would close at once what is idle: a request on its way there would get no reply.

    From SIGTERM on, for `delay_s`, `/readyz` fails and every reply says `Connection: close`, so that load balancers
    look elsewhere and clients open their next connection there. Then nothing new is accepted, and requests in hand get
    `timeout_graceful_shutdown`. What stays idle for all of `delay_s` is closed: HTTP/1.1 has no way to ask first.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI, *, delay_s: float) -> None:
        super().__init__(config)
        self.server_state: State = State()
        self._app_state = app.state
        self._delay_s = delay_s

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.server_state.is_stopping = self._app_state.is_stopping = True
        for connection in self.server_state.connections:
            if isinstance(connection, ProblemProtocol):
                connection.end_with_reply()
        for _ in range(round(self._delay_s / POLL_S)):
            if self.force_exit:
                break
            await asyncio.sleep(POLL_S)
        await self._accept_the_last()
        await super().shutdown(sockets)

    async def _accept_the_last(self) -> None:
        """Stop listening, and take in the connections that the kernel has made already: closing would reset them."""
        arrived: list[socket.socket] = []
        for server in self.servers:
            listeners = [socket.socket(fileno=os.dup(listener.fileno())) for listener in server.sockets]
            server.close()
            for listener in listeners:
                with listener:
                    arrived += _accepted(listener)
        loop = asyncio.get_running_loop()
        for connection in arrived:
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _accepted(listener: socket.socket) -> list[socket.socket]:
    listener.setblocking(False)
    found: list[socket.socket] = []
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # BlockingIOError: that was the last; or one that its client has given up
            return found
        connection.setblocking(False)
        found.append(connection)
