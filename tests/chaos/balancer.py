"""A client's way to several processes of a service, as a load balancer does it: in turn, to those that say ready."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import httpx

LOOK_EVERY_S = 0.1
AGAIN_AFTER_S = 0.05
PATIENCE_S = 60.0
NOT_NOW = {502, 503, 504}
Serving = Callable[[str], Sequence[int]]


class Balancer(httpx.AsyncBaseTransport):
    """Sends `http://<service>.example/…` to a port of `serving(service)` that was ready at the last look.

    What gets no reply, or "not now", is sent again, which the Idempotency-Key of each POST makes safe.

    answered  replies by port
    repeats   what was sent again, by the reason
    """

    def __init__(self, serving: Serving) -> None:
        self.answered: Counter[int] = Counter()
        self.repeats: Counter[str] = Counter()
        self._serving = serving
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64), trust_env=False)
        self._ready: dict[str, list[int]] = {}
        self._turn = 0
        self.has_looked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_S
        service = request.url.host.removesuffix(".example")
        while True:
            try:
                return await self._sent(request, service)
            except httpx.TransportError as error:
                self.repeats[f"{service} {type(error).__name__}: {error}"] += 1
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _sent(self, request: httpx.Request, service: str) -> httpx.Response:
        ready = self._ready.get(service) or []
        if not ready:
            raise httpx.ConnectError("nobody is ready", request=request)
        self._turn += 1
        port = ready[self._turn % len(ready)]
        to = request.url.copy_with(host="127.0.0.1", port=port)
        passed = httpx.Request(request.method, to, headers=request.headers, content=await request.aread())
        passed.extensions = request.extensions
        reply = await self._inner.handle_async_request(passed)
        if reply.status_code in NOT_NOW:
            await reply.aclose()
            raise httpx.ReadError(str(reply.status_code), request=request)
        self.answered[port] += 1
        return reply

    async def watch(self, services: Sequence[str]) -> None:
        """Look again and again at who is ready."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while True:
                for service in services:
                    ports = self._serving(service)
                    said = await asyncio.gather(*(_is_ready(client, port) for port in ports))
                    self._ready[service] = [port for port, is_ready in zip(ports, said, strict=True) if is_ready]
                self.has_looked.set()
                await asyncio.sleep(LOOK_EVERY_S)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def balancing(serving: Serving, services: Sequence[str]) -> AsyncIterator[Balancer]:
    balancer = Balancer(serving)
    watching = asyncio.create_task(balancer.watch(services))
    try:
        await balancer.has_looked.wait()
        yield balancer
    finally:
        watching.cancel()
