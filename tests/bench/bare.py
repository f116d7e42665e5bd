"""What the reads are held against, as processes of their own: bare FastAPI routes, and a socket that only answers.

`python -m tests.bench.bare fastapi CATALOG_DSN MATCHER_DSN ORGANISATION PORT` runs, on the server settings of every
service, routes that do nothing but run the SELECT of a read through asyncpg: under their own addresses FastAPI makes
the rows into JSON, under /bytes they do so themselves, all at once. `socket PORT` shows how many requests the load
generator could send at most.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID

import asyncpg
import uvloop
from fastapi import FastAPI, HTTPException, Response
from pydantic_core import to_json

from common import runtime
from common.settings import ServiceSettings

REPLY = b'HTTP/1.1 200 OK\r\ncontent-length: 15\r\ncontent-type: application/json\r\n\r\n{"status":"ok"}'
POOL = 10
PAGE = 21
DEMANDS = (
    "SELECT d.id, d.version, d.state, d.owner_scheme, d.owner_code, o.name AS owner_name, d.kind, d.title, d.need,"
    " d.clauses, d.domain, d.tracks, d.division, d.locality, d.budget_min_fen, d.budget_max_fen, d.currency,"
    " d.opens_at, d.closes_at, d.procurement_route, d.docking, d.policies, d.published_at, d.amendment_reason,"
    " d.withdrawal_reason, d.created_at, d.updated_at FROM demands d"
    " JOIN organisations o ON o.scheme = d.owner_scheme AND o.code = d.owner_code WHERE d.published_at IS NOT NULL"
)
NEWEST_DEMANDS = f"{DEMANDS} ORDER BY d.published_at DESC, d.id DESC LIMIT {PAGE}"
ONE_DEMAND = f"{DEMANDS} AND d.id = $1"
ONE_PROFILE = "SELECT * FROM profiles WHERE state = 'active' AND id = $1"
OWN_MATCHES = (
    "SELECT * FROM matches WHERE is_current AND ((demand_owner_scheme = $1 AND demand_owner_code = $2)"
    " OR (profile_organisation_scheme = $1 AND profile_organisation_code = $2))"
    f" ORDER BY created_at DESC, id DESC LIMIT {PAGE}"
)
Row = dict[str, Any]


class Selects:
    """The rows of each read; `code` is the organisation whose matches are read."""

    def __init__(self, catalog: str, matcher: str, code: str) -> None:
        self._dsns, self._code = (catalog, matcher), code

    @asynccontextmanager
    async def opened(self, _app: FastAPI) -> AsyncIterator[None]:
        catalog, matcher = self._dsns
        async with (
            asyncpg.create_pool(catalog, min_size=POOL, max_size=POOL) as self._catalog,
            asyncpg.create_pool(matcher, min_size=POOL, max_size=POOL) as self._matcher,
        ):
            yield

    async def demands(self) -> list[Row]:
        return [dict(row) for row in await self._catalog.fetch(NEWEST_DEMANDS)]

    async def demand(self, demand_id: UUID) -> Row:
        return _found(await self._catalog.fetchrow(ONE_DEMAND, demand_id))

    async def profile(self, profile_id: UUID) -> Row:
        return _found(await self._matcher.fetchrow(ONE_PROFILE, profile_id))

    async def matches(self) -> list[Row]:
        return [dict(row) for row in await self._matcher.fetch(OWN_MATCHES, "uscc", self._code)]


def _found(row: Any) -> Row:
    if row is None:
        raise HTTPException(404)
    return dict(row)


def bare_app(selects: Selects) -> FastAPI:
    app = FastAPI(lifespan=selects.opened)
    app.get("/v1/demands")(selects.demands)
    app.get("/v1/demands/{demand_id}")(selects.demand)
    app.get("/v1/profiles/{profile_id}")(selects.profile)
    app.get("/v1/matches")(selects.matches)

    @app.get("/bytes/v1/demands")
    async def demands() -> Response:
        return _json(await selects.demands())

    @app.get("/bytes/v1/demands/{demand_id}")
    async def demand(demand_id: UUID) -> Response:
        return _json(await selects.demand(demand_id))

    @app.get("/bytes/v1/profiles/{profile_id}")
    async def profile(profile_id: UUID) -> Response:
        return _json(await selects.profile(profile_id))

    @app.get("/bytes/v1/matches")
    async def matches() -> Response:
        return _json(await selects.matches())

    return app


def _json(content: object) -> Response:
    return Response(to_json(content), media_type="application/json")


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(REPLY)


async def answer(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", port)
    await server.serve_forever()


def main(kind: str, *rest: str) -> None:
    *arguments, port = rest
    if kind == "fastapi":
        settings = ServiceSettings(port=int(port), database_url="postgresql+asyncpg://nobody@127.0.0.1/none")
        runtime.serve("bare", bare_app(Selects(*arguments)), settings)
    else:
        uvloop.run(answer(int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
