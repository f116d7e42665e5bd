"""Public demands as everyone reads them, for the reads that come most: each text made into bytes once.

A process keeps the bytes of a text, never which text is the present one: that is asked of the database for every
answer, and only requests that wait at the same moment share it. So another process's amendment is seen at once.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from starlette.responses import Response

from catalog.demands import repository
from catalog.demands.filters import DemandFilters
from catalog.demands.repository import Newest, PublicText
from catalog.demands.schemas import demand_json
from common import pagination
from common.auth import Principal
from common.database import Database
from common.etags import etag, is_known, public_etag
from common.hot import Asked, HotRead, Memo, json_reply
from common.kept import KeptBytes
from common.lines import Together
from common.pagination import DEFAULT_LIMIT, PageRequest
from common.rawjson import page_json

Headers = dict[str, str]
_VARY = {"Vary": "Authorization"}  # the owner reads more at the same address


def owner_headers(version: int) -> Headers:
    return {"ETag": etag(version), "Cache-Control": "private, no-cache", **_VARY}


def public_headers(version: int, owner_name: str) -> Headers:
    return {"ETag": public_etag(version, owner_name), "Cache-Control": "no-cache", **_VARY}


class PublicDemands:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_bytes: int) -> None:
        self._database = database
        self._kept: KeptBytes[PublicText] = KeptBytes(most_bytes)
        self._making = asyncio.Lock()
        self._memo: Memo[Newest] = Memo()
        self._memo.keep(b"", repository.newest(None, DEFAULT_LIMIT))
        self._present: Together[UUID, PublicText] = Together(database.lines, repository.present_texts)
        self._newest: Together[Newest, list[tuple[PublicText, datetime]]] = Together(
            database.lines, repository.newest_texts
        )

    def remember(self, query: bytes, filters: DemandFilters, wanted: PageRequest) -> None:
        """Note what a query string was found to mean, if many send it and an index gives its list quickly."""
        is_plain = wanted.after is None and not filters.model_dump(exclude_defaults=True).keys() - {"state"}
        if is_plain and self._memo.get(query) is None:
            self._memo.keep(query, repository.newest(filters.state, wanted.limit))

    async def one(self, asked: Asked) -> Response | None:
        if asked.query or asked.id is None:
            return None
        caller, text = await asked.caller(), await self._present.get(asked.id)
        if text is None or _is_owner(caller, text):
            return None
        headers = public_headers(text.version, text.owner_name)
        if is_known(asked.header(b"if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        contents = await self._contents([text])
        return json_reply(contents[0], headers) if contents else None

    async def newest(self, asked: Asked) -> Response | None:
        wanted = self._memo.get(asked.query)
        if wanted is None:
            return None
        await asked.caller()
        rows = await self._newest.get(wanted) or []
        shown = rows[: wanted.limit]
        contents = await self._contents([text for text, _ in shown])
        if contents is None:
            return None
        cursor = None
        if len(rows) > wanted.limit:
            text, published_at = shown[-1]
            cursor = pagination.encode(published_at, text.id)
        reply = json_reply(page_json(contents, cursor))
        pagination.link_next(asked.request, reply, cursor)
        return reply

    async def _contents(self, texts: Sequence[PublicText]) -> list[bytes] | None:
        """The bytes of each; None when one of them is meanwhile no longer the present one."""
        found = self._known(texts)
        if len(found) < len(texts):
            # One after the other, as most lack the same.
            async with self._making:
                found = self._known(texts)
                found |= await self._made([text for text in texts if text not in found])
        return [found[text] for text in texts] if all(text in found for text in texts) else None

    def _known(self, texts: Sequence[PublicText]) -> dict[PublicText, bytes]:
        return {text: content for text in texts if (content := self._kept.get(text)) is not None}

    async def _made(self, texts: Sequence[PublicText]) -> dict[PublicText, bytes]:
        if not texts:
            return {}
        async with self._database.reading() as session:
            rows = await repository.public_rows(session, [text.id for text in texts])
        made = {text: demand_json(row) for text, row in rows.items()}
        for text, content in made.items():
            self._kept.keep(text, content)
        return made


def _is_owner(caller: Principal | None, text: PublicText) -> bool:
    """Who gets more than everyone does."""
    key = (text.owner_scheme, text.owner_code)
    return caller is not None and (caller.organisation.scheme, caller.organisation.code) == key


HOT_READS = (
    HotRead("/v1/demands", lambda asked: asked.state.public.newest(asked)),
    HotRead("/v1/demands/{demand_id}", lambda asked: asked.state.public.one(asked)),
)
