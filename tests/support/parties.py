"""Organisations that use the platform as strangers do: with a token, over HTTP."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import uuid4

import httpx

from common.uscc import ALPHABET, check_character

Json = dict[str, Any]
REQUEST_TIMEOUT_S = 30.0


def new_code() -> str:
    """A credit code that no other test uses and that passes its check."""
    first = "91370200" + "".join(random.SystemRandom().choices(ALPHABET, k=9))
    return first + check_character(first)


class Platform(Protocol):
    """Where the services are asked, and who lends tokens."""

    def url(self, service: str, path: str = "") -> str: ...

    def bearer(self, scheme: str, code: str, name: str, *roles: str) -> dict[str, str]: ...


class Party:
    """One organisation. Every POST carries an Idempotency-Key, so a transport may repeat it."""

    def __init__(self, town: "Town", code: str, name: str, roles: Sequence[str]) -> None:
        self.code, self.name = code, name
        self.token = town.stack.bearer("uscc", code, name, *roles)
        self._stack, self._client = town.stack, town.client

    @property
    def key(self) -> Json:
        return {"scheme": "uscc", "code": self.code}

    @property
    def subject(self) -> str:
        return f"notify.uscc.{self.code}.match"

    async def send(
        self, method: str, service: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """The reply, whatever it says."""
        keyed = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        sent = {**self.token, **keyed, **(headers or {})}
        content = {} if body is None else {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self._client.request(method, self._stack.url(service, path), headers=sent, **content)

    async def ask(
        self, method: str, service: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Json:
        """The reply's body. Fails, with what the service said, unless it is a success."""
        reply = await self.send(method, service, path, body, headers)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        shown: Json = reply.json() if reply.content else {}
        return shown

    async def listed(self, service: str, path: str, **query: object) -> list[Json]:
        """Every item of a list, page by page."""
        items: list[Json] = []
        wanted = httpx.QueryParams({"limit": 200, **query})  # type: ignore[dict-item]
        while True:
            page = await self.ask("GET", service, f"{path}?{wanted}")
            items += page["items"]
            if page["cursor"] is None:
                return items
            wanted = wanted.set("cursor", page["cursor"])

    async def draft(self, demand: Json) -> Json:
        return await self.ask("POST", "catalog", "/v1/demands", demand)

    async def step(self, demand: Json, step: str, body: object = None, headers: dict[str, str] | None = None) -> Json:
        """`submit`, `publish`, `close`, `withdraw` or `amend`."""
        return await self.ask("POST", "catalog", f"/v1/demands/{demand['id']}/{step}", body, headers)

    async def publish(self, demand: Json, headers: dict[str, str] | None = None) -> Json:
        """Draft, submit and publish; `headers` go with the last step, the one that is announced."""
        drafted = await self.draft(demand)
        await self.step(drafted, "submit")
        return await self.step(drafted, "publish", headers=headers)

    async def amend(self, published: Json, content: Json, reason: str) -> Json:
        etag = {"If-Match": f'"{published["version"]}"'}
        return await self.step(published, "amend", {**content, "reason": reason}, etag)

    async def save_profile(self, profile: Json, headers: dict[str, str] | None = None) -> Json:
        return await self.ask("POST", "matcher", "/v1/profiles", profile, headers)

    async def matches(self, **query: object) -> list[Json]:
        """The matches of this organisation's demands and profiles."""
        return await self.listed("matcher", "/v1/matches", **query)

    async def subscribe(self, channel: Json, **filters: object) -> Json:
        return await self.ask(
            "POST", "notify", "/v1/subscriptions", {"channel": channel, "filters": {"least_fit": 0, **filters}}
        )

    async def subscribe_on_nats(self, **filters: object) -> Json:
        return await self.subscribe({"type": "nats"}, **filters)

    async def subscribe_webhook(self, url: str, **filters: object) -> Json:
        """The subscription, with the secret that signs its requests."""
        return await self.subscribe({"type": "webhook", "url": url}, **filters)

    async def deliveries(self, **query: object) -> list[Json]:
        """But for the challenges of webhooks."""
        found = await self.listed("notify", "/v1/deliveries", **query)
        return [each for each in found if each["news_type"] != "notify.address.confirmation"]


class Town:
    """Makes parties that share one HTTP client."""

    def __init__(self, stack: Platform, client: httpx.AsyncClient) -> None:
        self.stack, self.client = stack, client

    def agency(self, name: str = "示例港口集团") -> Party:
        return Party(self, new_code(), name, ["publisher"])

    def enterprise(self, name: str = "示例科技公司") -> Party:
        return Party(self, new_code(), name, ["enterprise"])

    def everyone(self, name: str = "示例综合单位") -> Party:
        """A party that may use every door."""
        return Party(self, new_code(), name, ["publisher", "enterprise", "operator"])


@asynccontextmanager
async def town(stack: Platform, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Town]:
    async with httpx.AsyncClient(transport=transport, timeout=REQUEST_TIMEOUT_S) as client:
        yield Town(stack, client)
