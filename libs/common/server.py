"""The HTTP server of every process: told to stop, it says so, answers whatever comes meanwhile, and only then goes."""

import asyncio
import os
import socket
import ssl

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

from common.protocol import ProblemProtocol

log = structlog.get_logger()
POLL_S = 0.05
TICKS_PER_S = 10
"""How often uvicorn calls `on_tick`."""
CERTIFICATE_LOOKED_AT_S = 60
EXHAUSTED_S = 1.0
"""Until a process that had no descriptor left for another connection looks again."""
HANDSHAKE_S = 2.0
"""How long a stopping server waits for the TLS handshake of those that it takes in last."""


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
        self._listeners: list[socket.socket] = []
        self._taking_in: set[asyncio.Task[None]] = set()
        self._certified_at = _changed_at(config)

    async def on_tick(self, counter: int) -> bool:
        if counter % (CERTIFICATE_LOOKED_AT_S * TICKS_PER_S) == 0:
            self.take_up_certificate()
        return await super().on_tick(counter)

    def take_up_certificate(self) -> None:
        """Show a renewed certificate to connections from now on; what cannot be read leaves the present one in use."""
        changed_at = _changed_at(self.config)
        if changed_at == self._certified_at or self.config.ssl is None:
            return
        files = str(self.config.ssl_certfile), str(self.config.ssl_keyfile)
        try:
            # First into a context of its own: a key that does not fit would leave the one in use without any.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files)
            self.config.ssl.load_cert_chain(*files)
        except (OSError, ssl.SSLError) as error:  # half of it is written: look again at the next tick
            log.warning("certificate_unreadable", error=str(error))
            return
        self._certified_at = changed_at
        log.info("certificate_renewed")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            for listener in server.sockets:
                own = socket.socket(fileno=os.dup(listener.fileno()))
                own.setblocking(False)
                self._listeners.append(own)
                self._accept_from(own)

    def _accept_from(self, listener: socket.socket) -> None:
        """Accept whoever has come, all at once. uvloop accepts one connection in each turn of its loop: of a crowd,
        while the loop is busy with those who came first, the last would wait for seconds where nobody counts it."""
        if listener in self._listeners:
            asyncio.get_running_loop().add_reader(listener, self._accept_all, listener)

    def _accept_all(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        arrived, is_exhausted = _accepted(listener)
        for connection in arrived:
            task = loop.create_task(self._taken_in(connection))
            self._taking_in.add(task)
            task.add_done_callback(self._taking_in.discard)
        if is_exhausted:
            loop.remove_reader(listener)
            loop.call_later(EXHAUSTED_S, self._accept_from, listener)

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
        for server in self.servers:
            server.close()
        arrived: list[socket.socket] = []
        while self._listeners:
            with self._listeners.pop() as listener:
                asyncio.get_running_loop().remove_reader(listener)
                arrived += _accepted(listener)[0]
        await asyncio.gather(*(self._taken_in(connection, HANDSHAKE_S) for connection in arrived))

    async def _taken_in(self, connection: socket.socket, handshake_s: float | None = None) -> None:
        """Serve a connection that the kernel made. `handshake_s` is as long as asyncio has it when None."""
        loop, tls = asyncio.get_running_loop(), self.config.ssl
        within_s = handshake_s if tls else None
        try:
            await loop.connect_accepted_socket(self._protocol, connection, ssl=tls, ssl_handshake_timeout=within_s)
        except OSError as error:  # of TLS, too: whoever says nothing, or something else, had no request here
            log.info("connection_given_up", reason=type(error).__name__)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _changed_at(config: uvicorn.Config) -> tuple[int, ...]:
    """When certificate and key were written, in nanoseconds; empty while one of them is not there."""
    try:
        return tuple(os.stat(file).st_mtime_ns for file in (config.ssl_certfile, config.ssl_keyfile) if file)
    except OSError:
        return ()


def _accepted(listener: socket.socket) -> tuple[list[socket.socket], bool]:
    """All that wait, and whether there are more for which this process has no descriptor left."""
    found: list[socket.socket] = []
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return found, False
        except ConnectionError:  # its client has given up
            continue
        except OSError as error:
            log.warning("connections_exhausted", error=error.strerror)
            return found, True
        connection.setblocking(False)
        found.append(connection)
