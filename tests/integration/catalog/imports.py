"""An import as its tests see it: files go in over HTTP, the worker works when told to."""

from typing import Any

import httpx

from catalog.imports.noun import Demands
from catalog.settings import CatalogSettings
from common.imports.worker import Importing
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers

Reply = dict[str, Any]
OCTETS = {"Content-Type": "application/octet-stream"}


class Imports:
    """Of one catalog. Requests go out as the port unless `as_` says otherwise."""

    def __init__(self, catalog: CatalogUnderTest, settings: CatalogSettings) -> None:
        self.catalog = catalog
        self.worker = Importing(catalog.database, Demands(), settings, settings.platform.tracks)

    async def send(self, content: bytes, *, as_: Headers | None = None, **params: Any) -> httpx.Response:
        headers = {**(as_ or self.catalog.port), **OCTETS}
        return await self.catalog.http.post("/v1/imports", content=content, params=params or None, headers=headers)

    async def read(self, content: bytes, **params: Any) -> Reply:
        """The report of a file that was sent and read."""
        sent = await self.send(content, **params)
        assert sent.status_code == 202, sent.text
        await self.work()
        return await self.report(sent.headers["location"])

    async def work(self) -> None:
        while await self.worker.step():
            pass

    async def report(self, where: str) -> Reply:
        reply = await self.catalog.get(where, as_=self.catalog.port)
        assert reply.status_code == 200, reply.text
        found: Reply = reply.json()
        return found

    async def rows(self, report: Reply, **params: Any) -> list[Reply]:
        where = f"/v1/imports/{report['id']}/rows"
        reply = await self.catalog.get(where, as_=self.catalog.port, limit=200, **params)
        assert reply.status_code == 200, reply.text
        found: list[Reply] = reply.json()["items"]
        return found

    async def commit(self, report: Reply, rows: str = "all") -> httpx.Response:
        return await self.catalog.post(f"/v1/imports/{report['id']}/commit", {"rows": rows})

    async def committed(self, content: bytes, rows: str = "all") -> Reply:
        report = await self.read(content)
        reply = await self.commit(report, rows)
        assert reply.status_code == 202, reply.text
        await self.work()
        return await self.report(f"/v1/imports/{report['id']}")

    async def drafts(self) -> list[Reply]:
        reply = await self.catalog.get("/v1/demands", as_=self.catalog.port, mine=True, limit=200)
        found: list[Reply] = reply.json()["items"]
        return found
