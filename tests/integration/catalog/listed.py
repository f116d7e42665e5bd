"""A scenario list as its tests see it: an editor, a colleague, a reviewer, two agencies."""

import io
import json
from typing import Any

import httpx
from openpyxl import load_workbook

from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of
from tests.integration.catalog.solicited import code

Reply = dict[str, Any]
COMMISSION, REVIEW_OFFICE, FACTORY = code(21), code(22), code(23)
COMPLETE = {"docking": "线上提交方案后现场勘察", "policies": ["应用场景开放支持政策"]}
"""What a demand needs beside its usual content to be in a list."""
TERMS = {"year": 2027, "batch": 1, "title": "青岛市2027年度应用场景清单（第一批）"}


class Listed:
    """Requests go out as the editor unless `as_` says otherwise."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.editor = catalog.token(COMMISSION, "发展改革委（示例）", "list_editor", "publisher")
        self.reader = catalog.token(COMMISSION, "发展改革委（示例）", "publisher")
        self.reviewer = catalog.token(REVIEW_OFFICE, "审核单位（示例）", "reviewer")
        self.port, self.factory = catalog.port, catalog.token(FACTORY, "家电工厂（示例）", "publisher")
        self.where = ""

    async def begin(self, **changes: Any) -> str:
        reply = await self.catalog.post("/v1/lists", {**TERMS, **changes}, as_=self.editor)
        assert reply.status_code == 201, reply.text
        self.where = reply.headers["location"]
        return self.where

    async def demand(self, title: str, *, as_: Headers | None = None, **changes: Any) -> str:
        """Id of a published demand that a list can have."""
        return str(id_of(await self.catalog.a_published_demand(as_=as_, **{"title": title, **COMPLETE, **changes})))

    async def read(self, *, as_: Headers | None = None) -> Reply:
        reply = await self.catalog.get(self.where, as_=as_ or self.editor)
        assert reply.status_code == 200, reply.text
        found: Reply = reply.json()
        return found

    async def entries(self, *, as_: Headers | None = None) -> list[Reply]:
        found: list[Reply] = (await self.catalog.get(f"{self.where}/entries", as_=as_ or self.editor)).json()["items"]
        return found

    async def arrange(self, *entries: Reply, version: int | None = None) -> httpx.Response:
        expected = version or (await self.read())["version"]
        body = {"entries": list(entries)}
        return await self.catalog.put(f"{self.where}/entries", body, as_=self.editor, If_Match=f'"{expected}"')

    async def arranged(self, *demands: str) -> None:
        reply = await self.arrange(*({"demand_id": one, "level": "high_end"} for one in demands))
        assert reply.status_code == 200, reply.text

    async def do(self, step: str, body: Any = None, *, as_: Headers | None = None, **headers: str) -> httpx.Response:
        return await self.catalog.post(f"{self.where}/{step}", body, as_=as_ or self.editor, **headers)

    async def done(self, step: str, body: Any = None, *, as_: Headers | None = None) -> Reply:
        reply = await self.do(step, body, as_=as_)
        assert reply.is_success, reply.text
        found: Reply = reply.json()
        return found

    async def frozen(self, *demands: str) -> Reply:
        """From the survey on."""
        await self.arranged(*demands)
        await self.done("draft")
        await self.done("submit")
        return await self.done("approve", as_=self.reviewer)

    async def published(self, *demands: str) -> Reply:
        await self.begin()
        await self.frozen(*demands)
        return await self.done("publish")

    async def corrected(self, reason: str, *entries: Reply) -> Reply:
        """The published list with other entries, published again."""
        draft = await self.done("correct", {"reason": reason})
        self.where = f"/v1/lists/{draft['id']}"
        reply = await self.arrange(*entries)
        assert reply.status_code == 200, reply.text
        await self.done("submit")
        await self.done("approve", as_=self.reviewer)
        return await self.done("publish")

    async def propose(self, demand: str, *, as_: Headers | None = None, **changes: Any) -> httpx.Response:
        body = {"demand_id": demand, **changes}
        return await self.catalog.post(f"{self.where}/proposals", body, as_=as_ or self.port)

    async def export(self, form: str, **headers: str) -> httpx.Response:
        return await self.catalog.get(f"{self.where}/export", as_=headers or None, format=form)

    async def exported(self, form: str) -> Reply:
        reply = await self.export(form)
        assert reply.status_code == 200, reply.text
        found: Reply = json.loads(reply.content)
        return found

    async def titles_in_workbook(self) -> list[str]:
        sheet = load_workbook(io.BytesIO((await self.export("xlsx")).content)).active
        assert sheet is not None
        return [str(row[1]) for row in sheet.iter_rows(min_row=3, values_only=True)]
