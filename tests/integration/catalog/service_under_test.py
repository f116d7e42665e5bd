"""The catalog as its tests see it: HTTP in front, a database of the test's own behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from catalog.app import DUE, create_app
from catalog.settings import CatalogSettings
from common import deadlines, outbox
from common.clock import now
from common.contracts.envelope import Envelope
from common.database import Database
from common.settings import PlatformSettings
from deploy.embedded.tokens import TokenIssuer
from tests.support.apps import lent
from tests.support.eventually import eventually
from tests.support.keys import SEALING_KEYS

Headers = dict[str, str]
PORT = "91370211MA3QDK2Q8B"
RIVAL = "91110000802100433B"
TABLES = ("organisations", "demands", "history", "audit", "outbox")
PRIVATE = ("catalog.step.taken", "catalog.contact.changed")
"""Events that other services read and nobody else."""
NEXT_YEAR = now() + timedelta(days=365)


def content(**changes: Any) -> dict[str, Any]:
    """The body of a small sound demand, with `changes`."""
    fields: dict[str, Any] = {
        "kind": "scenario",
        "title": "岸桥下无人集卡连续定位",
        "need": "自动化码头的无人集卡驶入岸桥下方时卫星信号被遮挡，需要融合定位。",
        "clauses": [
            {
                "kind": "performance",
                "text": "定位误差不大于5厘米",
                "is_hard": True,
                "metric": "定位误差",
                "operator": "le",
                "value": 5,
                "unit": "cm",
            }
        ],
        "domain": "智慧港口",
        "tracks": ["空天信息"],
        "division": "370211",
        "closes_at": NEXT_YEAR.isoformat(),
        "contact": {"name": "联系人甲", "phone": "0532-12345678"},
    }
    return {**fields, **changes}


class CatalogUnderTest:
    """Requests go out as the port, a publisher, unless `as_` says otherwise."""

    def __init__(self, http: httpx.AsyncClient, database: Database, issuer: TokenIssuer) -> None:
        self.http, self.database, self._issuer = http, database, issuer
        self.port = self.token(PORT, "青岛港（示例）", "publisher")
        self.rival = self.token(RIVAL, "另一家（示例）", "publisher", "enterprise")

    def token(self, code: str, name: str, *roles: str, scheme: str = "uscc") -> Headers:
        return {"Authorization": f"Bearer {self._issuer.mint(scheme, code, name, roles)}"}

    async def get(self, path: str, *, as_: Headers | None = None, **params: Any) -> httpx.Response:
        """Without a token unless `as_` is given."""
        return await self.http.get(path, params=params or None, headers=as_)

    async def post(self, path: str, body: Any = None, *, as_: Headers | None = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, json=body, headers={**(as_ or self.port), **named})

    async def put(self, path: str, body: Any, *, as_: Headers | None = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.put(path, json=body, headers={**(as_ or self.port), **named})

    async def made(self, path: str, body: Any, *, as_: Headers | None = None) -> str:
        """Path of what was made."""
        reply = await self.post(path, body, as_=as_)
        assert reply.status_code == 201, reply.text
        return reply.headers["location"]

    async def took(self, path: str, body: Any = None, *, as_: Headers | None = None, **headers: str) -> dict[str, Any]:
        """What a step led to."""
        reply = await self.post(path, body, as_=as_, **headers)
        assert reply.status_code == 200, reply.text
        taken: dict[str, Any] = reply.json()
        return taken

    async def refused(self, path: str, body: Any = None, *, as_: Headers | None = None, **headers: str) -> str:
        """Status and detail of a refusal."""
        reply = await self.post(path, body, as_=as_, **headers)
        assert reply.status_code >= 400, reply.text
        return f"{reply.status_code} {reply.json()['detail']}"

    async def a_draft(self, *, as_: Headers | None = None, **changes: Any) -> str:
        """Path of a new draft."""
        reply = await self.post("/v1/demands", content(**changes), as_=as_)
        assert reply.status_code == 201, reply.text
        return reply.headers["location"]

    async def a_submitted_demand(self, *, as_: Headers | None = None, **changes: Any) -> str:
        where = await self.a_draft(as_=as_, **changes)
        assert (await self.post(f"{where}/submit", as_=as_)).status_code == 200
        return where

    async def a_published_demand(self, *, as_: Headers | None = None, **changes: Any) -> str:
        where = await self.a_submitted_demand(as_=as_, **changes)
        assert (await self.post(f"{where}/publish", as_=as_)).status_code == 200
        return where

    async def found(self, **params: Any) -> list[str]:
        """Titles of the public list."""
        reply = await self.get("/v1/demands", **params)
        assert reply.status_code == 200, reply.text
        return [item["title"] for item in reply.json()["items"]]

    async def pages(self, path: str) -> AsyncIterator[list[dict[str, Any]]]:
        """The items of one page after the other, as the `Link` header leads; fails when it leads nowhere."""
        async for items in self.pages_as(None, path):
            yield items

    async def pages_as(self, caller: Headers | None, path: str) -> AsyncIterator[list[dict[str, Any]]]:
        for _ in range(20):
            reply = await self.get(path, as_=caller)
            yield reply.json()["items"]
            assert ("next" in reply.links) == bool(reply.json()["cursor"])
            if "next" not in reply.links:
                return
            path = reply.links["next"]["url"]
        raise AssertionError("the pages do not end")

    async def announced(self) -> list[Envelope]:
        """Events of public changes recorded so far, oldest first."""
        return [event for event in await self.recorded() if event.type not in PRIVATE]

    async def recorded(self) -> list[Envelope]:
        """All events recorded so far, oldest first."""
        async with self.database.begin() as session:
            rows = await outbox.waiting(session, 1000)
        return [Envelope.model_validate_json(row.envelope) for row in rows]

    async def row_counts(self) -> dict[str, int]:
        async with self.database.begin() as session:
            counted = [(await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in TABLES]
        return dict(zip(TABLES, counted, strict=True))

    async def at_once(self, table: str, row_id: UUID, *requests: Awaitable[httpx.Response]) -> list[httpx.Response]:
        """Replies to requests that all came before any of them got at a row: it is held until each waits for a lock."""
        async with self.database.begin() as session:
            await session.execute(text(f"SELECT 1 FROM {table} WHERE id = :id FOR UPDATE"), {"id": row_id})
            replies = asyncio.gather(*requests)
            await eventually(lambda: self._waiting(len(requests)), what="all requests wait for the row")
        return await replies

    async def _waiting(self, count: int) -> bool:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        async with self.database.begin() as session:
            return bool((await session.execute(waiting)).scalar_one() >= count)

    async def clock_strikes(self, at: datetime) -> int:
        """Do what is due at `at`; how much that was."""
        return await deadlines.run_due(self.database, DUE, at)


def id_of(where: str) -> UUID:
    return UUID(where.rsplit("/", 1)[1])


def settings_for(url: str, issuer: TokenIssuer) -> CatalogSettings:
    platform = PlatformSettings(
        nats_url="nats://127.0.0.1:9",
        jwks=issuer.settings["JINGQIAO_JWKS"],
        issuer=issuer.settings["JINGQIAO_ISSUER"],
        audience=issuer.settings["JINGQIAO_AUDIENCE"],
    )
    return CatalogSettings(database_url=url, platform=platform, secret_keys=SEALING_KEYS)


@asynccontextmanager
async def running(settings: CatalogSettings, issuer: TokenIssuer) -> AsyncIterator[CatalogUnderTest]:
    with lent(settings, create_app) as app:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://catalog") as http,
        ):
            yield CatalogUnderTest(http, app.state.database, issuer)
