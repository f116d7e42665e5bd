"""HTTP as a careful client does it: what got no answer, or "not now", is sent again, the same."""

import asyncio
import time

import httpx

NOT_NOW = {502, 503, 504}
AGAIN_AFTER_S = 0.1


class Persistent(httpx.AsyncBaseTransport):
    """Repeats a request for `patience_s`. Safe, because every POST here carries an Idempotency-Key."""

    def __init__(self, *, patience_s: float) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=32))
        self._patience_s = patience_s
        self.repeated_count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + self._patience_s
        while True:
            try:
                reply = await self._inner.handle_async_request(request)
                if reply.status_code not in NOT_NOW:
                    return reply
                await reply.aclose()
                trouble: Exception = httpx.ReadError(f"{reply.status_code}", request=request)
            except httpx.TransportError as error:
                trouble = error
            if time.monotonic() > deadline:
                raise trouble
            self.repeated_count += 1
            await asyncio.sleep(AGAIN_AFTER_S)

    async def aclose(self) -> None:
        await self._inner.aclose()
