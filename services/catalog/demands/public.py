"""Public demands as everyone reads them, for the reads that come most: each text made into bytes once.

A process keeps the bytes of a text, never which text is the present one: that is asked of the database for every
answer, and only requests that wait at the same moment share it. So another process's amendment is seen at once.
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from catalog.demands import repository
from catalog.demands.filters import DemandFilters
from catalog.demands.repository import Newest, PublicText, Row, public_text
from catalog.demands.schemas import demand_json
from common import pagination
from common.auth import Principal
from common.database import Database
from common.etags import etag, is_known, public_etag
from common.hot import Asked, HotRead, Memo, Reply, json_found, raw
from common.kept import Kept
from common.lines import Together
from common.pagination import DEFAULT_LIMIT, PageRequest
from common.rawjson import page_json

Headers = dict[str, str]
READS_AT_ONCE = 2
"""Statements that ask which texts are the present ones; while they run, others who come wait to share the next."""
ROW_BYTES = 500
"""Memory of a row that names a text, about."""
_VARY = {"Vary": "Authorization"}  # the owner reads more at the same address


def owner_headers(version: int) -> Headers:
    return {"ETag": etag(version), "Cache-Control": "private, no-cache", **_VARY}


def public_headers(version: int, owner_name: str) -> Headers:
    return {"ETag": public_etag(version, owner_name), "Cache-Control": "no-cache", **_VARY}


@lru_cache(maxsize=4096)
def _unchanged(version: int, owner_name: str) -> tuple[str, Reply]:
    """The tag of a public text, and what who has it is told."""
    headers = public_headers(version, owner_name)
    return headers["ETag"], Reply(304, raw(headers))


class _PublicPage(NamedTuple):
    """A list as it was shown when the database named these texts, in this order."""

    rows: Sequence[Row]
    reply: Reply

    def __len__(self) -> int:
        """Bytes that it takes, about."""
        return len(self.reply) + ROW_BYTES * len(self.rows)


class PublicDemands:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_bytes: int) -> None:
        self._database = database
        self._texts: Kept[PublicText, bytes] = Kept(most_bytes * 3 // 4)
        self._pages: Kept[bytes, _PublicPage] = Kept(most_bytes // 4)
        self._making = asyncio.Lock()
        self._memo: Memo[Newest] = Memo()
        self._memo.keep(b"", repository.newest(None, DEFAULT_LIMIT))
        lines = database.lines.share(READS_AT_ONCE)
        self._present: Together[UUID, PublicText] = Together(lines, repository.present_texts)
        self._newest: Together[Newest, Sequence[Row]] = Together(lines, repository.newest_texts)

    def remember(self, query: bytes, filters: DemandFilters, wanted: PageRequest) -> None:
        """Note what a query string was found to mean, if many send it and an index gives its list quickly."""
        is_plain = wanted.after is None and not filters.model_dump(exclude_defaults=True).keys() - {"state"}
        if is_plain and self._memo.get(query) is None:
            self._memo.keep(query, repository.newest(filters.state, wanted.limit))

    async def one(self, asked: Asked) -> Reply | None:
        if asked.query or asked.id is None:
            return None
        caller, text = await asked.caller(), await self._present.get(asked.id)
        if text is None or _is_owner(caller, text):
            return None
        tag, unchanged = _unchanged(text.version, text.owner_name)
        if is_known(asked.header(b"if-none-match"), tag):
            return unchanged
        contents = await self._contents([text])
        return json_found(contents[0], unchanged.headers) if contents else None

    async def newest(self, asked: Asked) -> Reply | None:
        wanted = self._memo.get(asked.query)
        if wanted is None:
            return None
        await asked.caller()
        rows = await self._newest.get(wanted) or []
        page = self._pages.get(asked.query)
        if page is None or page.rows != rows:
            contents = await self._contents([public_text(row) for row in rows[: wanted.limit]])
            if contents is None:
                return None
            page = _PublicPage(rows, _page_reply(asked, contents, _cursor(rows, wanted.limit)))
            self._pages.keep(asked.query, page)
        return page.reply

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
        return {text: content for text in texts if (content := self._texts.get(text)) is not None}

    async def _made(self, texts: Sequence[PublicText]) -> dict[PublicText, bytes]:
        if not texts:
            return {}
        async with self._database.reading() as session:
            rows = await repository.public_rows(session, [text.id for text in texts])
        made = {text: demand_json(row) for text, row in rows.items()}
        for text, content in made.items():
            self._texts.keep(text, content)
        return made


def _cursor(rows: Sequence[Row], limit: int) -> str | None:
    """Of the page after this one; the row beyond the limit only proves that there is one."""
    return pagination.encode(rows[limit - 1]["published_at"], rows[limit - 1]["id"]) if len(rows) > limit else None


def _page_reply(asked: Asked, contents: Sequence[bytes], cursor: str | None) -> Reply:
    link = {"Link": pagination.next_link(asked.path, asked.query, cursor)} if cursor else {}
    return json_found(page_json(contents, cursor), raw(link))


def _is_owner(caller: Principal | None, text: PublicText) -> bool:
    """Who gets more than everyone does."""
    key = (text.owner_scheme, text.owner_code)
    return caller is not None and (caller.organisation.scheme, caller.organisation.code) == key


HOT_READS = (
    HotRead("/v1/demands", "list_demands", lambda asked: asked.state.public.newest(asked)),
    HotRead("/v1/demands/{demand_id}", "read_demand", lambda asked: asked.state.public.one(asked)),
)
