"""The only way out over HTTP: no private address is reached, no redirect followed, no answer awaited for long."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

import httpcore
import httpx

from notify.addresses import is_loopback_text, is_public_text
from notify.connections import KeptConnections

ADDRESSES_TRIED = 4
BODY_READ_BYTES = 64 * 1024
BODY_READ_S = 1.0
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Addresses of a host, the preferred one first; OSError when it has none."""
Transport = httpx.AsyncBaseTransport
"""What carries the requests: the one seam where tests may stand in."""


class Fault(StrEnum):
    """Why there was no answer."""

    NAME_UNRESOLVED = "name_unresolved"
    ADDRESS_REFUSED = "address_refused"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    PROTOCOL_ERROR = "protocol_error"


@dataclass(frozen=True)
class Answered:
    """`body` is what came of it in time, BODY_READ_BYTES at most."""

    status: int
    retry_after: str | None
    body: bytes = field(default=b"", compare=False)


@dataclass(frozen=True)
class Unanswered:
    fault: Fault


class NotAttempted(httpcore.ConnectError):
    """No connection was tried, for a reason of ours."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Guard:
    """Decides which addresses of a host may be connected to, each time anew."""

    def __init__(self, *, allow_loopback: bool, resolve: Resolve | None = None) -> None:
        """`allow_loopback` adds this machine's own addresses to the public ones; other private ones never pass."""
        self._allow_loopback = allow_loopback
        self._resolve = resolve or _Resolver().addresses

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Raises Unreachable when the name has no address, or none that is allowed."""
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NotAttempted(Fault.NAME_UNRESOLVED) from error
        allowed = [address for address in found if self._is_allowed(address)]
        if not allowed:
            raise NotAttempted(Fault.ADDRESS_REFUSED)
        return allowed[:ADDRESSES_TRIED]

    def _is_allowed(self, address: str) -> bool:
        return is_public_text(address) or (self._allow_loopback and is_loopback_text(address))

    async def fault_of(self, host: str, port: int, *, within_s: float) -> Fault | None:
        """Why a request to this host would be refused now, None when it would not."""
        try:
            async with asyncio.timeout(within_s):
                await self.addresses(host, port)
        except NotAttempted as error:
            return error.fault
        except TimeoutError:
            return Fault.NAME_UNRESOLVED
        return None


class _Resolver:
    """The system's resolver on threads of its own: a name server that hangs must not stop the rest of the process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(64, thread_name_prefix="resolve")

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        look_up = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return await look_up


def _look_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Network(httpcore.AsyncNetworkBackend):
    """Connects to the very addresses the guard has passed, so that a second look-up cannot slip in another."""

    def __init__(self, guard: Guard) -> None:
        self._guard, self._inner = guard, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._guard.addresses(host, port)
        share = timeout / len(addresses) if timeout else None
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
        return await self._inner.connect_tcp(addresses[-1], port, share, local_address, socket_options)


class GuardedTransport(Transport):
    """HTTP/1.1 over connections that only the guard opens. TLS is checked against the name in the URL."""

    def __init__(self, guard: Guard, *, tls: ssl.SSLContext | None = None) -> None:
        self._connections = KeptConnections(_Network(guard), tls or httpx.create_ssl_context(trust_env=False))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        origin = target.origin
        connection = await self._connections.taken(origin)
        asked = httpcore.Request(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            reply = await connection.handle_async_request(asked)
        except BaseException:
            await connection.aclose()
            raise
        body = _Body(reply, partial(self._connections.given_back, origin, connection))
        return httpx.Response(reply.status, headers=reply.headers, stream=body, extensions=reply.extensions)

    async def aclose(self) -> None:
        await self._connections.aclose()


class _Body(httpx.AsyncByteStream):
    """Of an answer; `closed` is called once, when whoever reads it is done."""

    def __init__(self, reply: httpcore.Response, closed: Callable[[], Awaitable[None]]) -> None:
        self._reply, self._closed = reply, closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._reply.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._reply.aclose()
        await self._closed()


class Egress:
    """Sends requests that are answered with a status or a fault, never with an exception."""

    def __init__(self, transport: Transport, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            transport=transport, timeout=timeout_s, trust_env=False, follow_redirects=False
        )

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body_within_s: float = BODY_READ_S,
    ) -> Answered | Unanswered:
        """The answer's status, and what comes of its body in time. A 3xx is an answer: nothing is fetched from where it
        points. `query` is encoded and put behind a URL that has none."""
        try:
            async with asyncio.timeout(self._timeout_s):
                request = self._client.build_request("POST", url, content=body, headers=headers, params=query)
                reply = await self._client.send(request, stream=True)
            try:
                answer = await _body(reply, within_s=body_within_s)
            finally:
                await reply.aclose()
        except (TimeoutError, *_FAULTS) as error:
            return Unanswered(_fault(error))
        return Answered(reply.status_code, reply.headers.get("retry-after"), answer)

    async def aclose(self) -> None:
        await self._client.aclose()


_FAULTS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpx.TransportError,
    httpx.InvalidURL,
)


def _fault(error: Exception) -> Fault:
    if isinstance(error, NotAttempted):
        return error.fault
    if isinstance(error, (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException)):
        return Fault.TIMED_OUT
    # The pool drops the cause of what it raises again; the reason is left in the arguments.
    if any(isinstance(reason, ssl.SSLError) for reason in error.args):
        return Fault.TLS_FAILED
    if isinstance(error, (httpcore.NetworkError, httpx.NetworkError)):
        return Fault.CONNECTION_FAILED
    return Fault.PROTOCOL_ERROR


async def _body(reply: httpx.Response, *, within_s: float) -> bytes:
    """A short body, so that the connection can be used again; of a long or slow one the beginning, whatever it says."""
    read = bytearray()
    with suppress(TimeoutError, *_FAULTS):
        async with asyncio.timeout(within_s):
            # Raw: a few compressed bytes must not become a gigabyte here.
            async for part in reply.aiter_raw():
                read += part
                if len(read) > BODY_READ_BYTES:
                    break
    return bytes(read[:BODY_READ_BYTES])
