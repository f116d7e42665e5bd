"""Limits how many requests an organisation, or an address without a known token, may send in a minute.

Replies tell what is left in the fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-09.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import correlation, metrics, problems
from common.auth import Verifier
from common.errors import RateLimited

WINDOW_S = 60
MOST_KEYS = 65_536
"""Organisations or addresses whose requests are counted, each in some 250 bytes: 16 MiB. Beyond them, whoever was quiet
longest is counted anew."""
UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by probes, which must not be told to come back later."""
ROUTE = "rate_limited"
"""In place of a route's template in the metrics: whoever is refused here was not asked what they want."""
_BEARER = b"bearer "
_NETWORK_BITS = 64
"""Of an IPv6 address; the rest is its holder's to choose."""
Network = IPv4Network | IPv6Network


class Taken(NamedTuple):
    """What is left of a budget after a request. `retry_after_s` is None where the request may pass."""

    left: int
    full_in_s: int
    retry_after_s: int | None


class Budget:
    """At most `most` requests of one key at once, refilled evenly over WINDOW_S.

    The generic cell rate algorithm: a key is one number, the moment at which all of its budget is there again. O(1) a
    request."""

    def __init__(
        self, name: str, most: int, *, seconds: Callable[[], float] = time.monotonic, most_keys: int = MOST_KEYS
    ) -> None:
        self._seconds, self._most_keys = seconds, most_keys
        self._each_s = WINDOW_S / most
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._name = name
        self.policy = f'"{name}";q={most};w={WINDOW_S}'.encode()

    def take(self, key: str) -> Taken:
        """One request of the key's, if there is one left."""
        now = self._seconds()
        owed_s = max(0.0, self._full_at.get(key, now) - now) + self._each_s
        if owed_s > WINDOW_S + self._each_s / 2:  # half of one: sums of fractions are not exact
            return Taken(0, math.ceil(owed_s - self._each_s), max(1, math.ceil(owed_s - WINDOW_S)))
        self._full_at[key] = now + owed_s
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most_keys:
            self._full_at.popitem(last=False)
        return Taken(round((WINDOW_S - owed_s) / self._each_s), math.ceil(owed_s), None)

    def told(self, taken: Taken) -> list[tuple[bytes, bytes]]:
        left = f'"{self._name}";r={taken.left};t={taken.full_in_s}'.encode()
        return [(b"ratelimit-policy", self.policy), (b"ratelimit", left)]


class Quotas(NamedTuple):
    """Requests in a minute, 0 without a limit; addresses of `exempt` networks are counted by nobody."""

    organisation: int
    address: int
    exempt: tuple[Network, ...] = ()


class RateLimits:
    """ASGI; stands before everything else. A token that was found valid before counts for its organisation, every other
    request for the address that it comes from: a token's first request, too, as finding out whose it is costs most."""

    def __init__(self, app: ASGIApp, quotas: Quotas, state: Any) -> None:
        """state  the app's, with its verifier once it runs, if it has one"""
        self._app, self._state, self._exempt = app, state, quotas.exempt
        self._organisations = Budget("organisation", quotas.organisation) if quotas.organisation else None
        self._addresses = Budget("address", quotas.address) if quotas.address else None
        self._counted_as = lru_cache(maxsize=4096)(self._of_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        budget, key = self._whose(scope)
        if budget is None or key is None:
            await self._app(scope, receive, send)
            return
        taken = budget.take(key)
        if taken.retry_after_s is not None:
            await _refuse(taken.retry_after_s, budget.told(taken), scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *budget.told(taken)]
            await send(message)

        await self._app(scope, receive, telling)

    def _whose(self, scope: Scope) -> tuple[Budget | None, str | None]:
        if (organisation := self._organisation(scope["headers"])) is not None:
            return self._organisations, organisation
        client = scope.get("client")
        return self._addresses, self._counted_as(client[0]) if client else None

    def _organisation(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        verifier: Verifier | None = getattr(self._state, "verifier", None)
        sent = next((value for name, value in headers if name == b"authorization"), b"")
        if verifier is None or sent[: len(_BEARER)].lower() != _BEARER:
            return None
        principal = verifier.remembered(sent[len(_BEARER) :].decode("latin-1"))
        return f"{principal.organisation.scheme}:{principal.organisation.code}" if principal else None

    def _of_address(self, address: str) -> str | None:
        """What an address counts as: itself, or its network of IPv6. None where it is exempt."""
        try:
            known = ip_address(address)
        except ValueError:  # a name, as test clients and sockets of the machine have
            return address
        if isinstance(known, IPv6Address):
            known = known.ipv4_mapped or known
        if any(known in network for network in self._exempt):
            return None
        return str(IPv6Network((int(known), _NETWORK_BITS), strict=False)) if known.version == 6 else str(known)


async def _refuse(
    retry_after_s: int, told: list[tuple[bytes, bytes]], scope: Scope, receive: Receive, send: Send
) -> None:
    headers = dict(scope["headers"])
    correlation_id = correlation.from_headers(None, headers.get(b"x-correlation-id", b"").decode("latin-1") or None)
    problem = RateLimited(
        f"Too many requests; try again in {retry_after_s} s",
        f"请求过于频繁，请在 {retry_after_s} 秒后重试",
        headers={"Retry-After": str(retry_after_s), "X-Correlation-Id": correlation_id},
    )
    language = headers.get(b"accept-language", b"").decode("latin-1") or None
    reply = problems.render(problem, path=scope["path"], accept_language=language)
    reply.raw_headers.extend(told)
    metrics.answered(scope["method"], ROUTE, reply.status_code, 0.0)
    await reply(scope, receive, send)
