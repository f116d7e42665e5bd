"""HTTP/1.1 over connections that a guard opens, kept for the next request to the same origin."""

import ssl

import httpcore

KEEP_ALIVE_S = 15.0
MOST_IDLE = 100


class KeptConnections:
    """Opens as many connections as there are requests at once, and keeps those that become idle for KEEP_ALIVE_S.

    What httpcore's own pool does, without looking at every connection for every other one: with a hundred of them that
    took longer than the request.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext) -> None:
        self._backend, self._tls = backend, tls
        self._idle: list[tuple[httpcore.Origin, httpcore.AsyncHTTPConnection]] = []

    async def taken(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """One that is idle, the last used first, or a new one."""
        while self._idle and self._idle[0][1].has_expired():
            await self._idle.pop(0)[1].aclose()
        while (found := self._last_used(origin)) is not None:
            if not found.has_expired():
                return found
            await found.aclose()
        return httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._tls, keepalive_expiry=KEEP_ALIVE_S, network_backend=self._backend
        )

    def _last_used(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection | None:
        """Taken off the list, which others change whenever somebody waits."""
        for position in reversed(range(len(self._idle))):
            if self._idle[position][0] == origin:
                return self._idle.pop(position)[1]
        return None

    async def given_back(self, origin: httpcore.Origin, connection: httpcore.AsyncHTTPConnection) -> None:
        """Kept where its answer was read to the end, closed otherwise."""
        if not connection.is_idle():
            await connection.aclose()
            return
        self._idle.append((origin, connection))
        if len(self._idle) > MOST_IDLE:
            await self._idle.pop(0)[1].aclose()

    async def aclose(self) -> None:
        while self._idle:
            await self._idle.pop()[1].aclose()
