"""An organisation's own matches, for the reads that come most: each match made into bytes once for each language.

Which matches they are, and whether anything still waits to be matched, is asked of the database for every answer.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from pydantic_core import to_json

from common import languages, pagination
from common.database import Database
from common.fields import Language, OrganisationKey
from common.hot import Asked, HotRead, Memo, Reply, json_found, raw
from common.kept import Kept
from common.lines import Together
from matcher.matching import repository, service
from matcher.matching.filters import MatchFilters, Sort, Window
from matcher.matching.repository import MatchText, OwnList, OwnTexts, Row
from matcher.matching.schemas import MatchOut
from matcher.matching.wording import hint, spoken

ROW_BYTES = 500
"""Memory of a row that names a match, about."""


class _Spoken(NamedTuple):
    text: MatchText
    language: Language | None


class _Whose(NamedTuple):
    """Whose list, of what, in which language."""

    query: bytes
    scheme: str
    code: str
    language: Language | None


class _OwnPage(NamedTuple):
    """A list as it was shown when the database said this of it."""

    rows: Sequence[Row]
    reply: Reply

    def __len__(self) -> int:
        """Bytes that it takes, about."""
        return len(self.reply) + ROW_BYTES * len(self.rows)


class OwnMatches:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_bytes: int) -> None:
        self._database = database
        self._kept: Kept[_Spoken, bytes] = Kept(most_bytes * 3 // 4)
        self._pages: Kept[_Whose, _OwnPage] = Kept(most_bytes // 4)
        self._making = asyncio.Lock()
        self._memo: Memo[OwnList] = Memo()
        self._memo.keep(b"", repository.own_list(MatchFilters(), Window(pagination.DEFAULT_LIMIT, Sort.NEWEST, None)))
        self._own: Together[tuple[OwnList, OrganisationKey], Sequence[Row]] = Together(
            database.lines, repository.own_rows
        )

    def remember(self, query: bytes, filters: MatchFilters, window: Window) -> None:
        """Note what a query string was found to mean, if it is one that is sent again and again."""
        is_plain = window.after is None and filters.demand_id is None and filters.profile_id is None
        if is_plain and self._memo.get(query) is None:
            self._memo.keep(query, repository.own_list(filters, window))

    async def listed(self, asked: Asked) -> Reply | None:
        own, caller = self._memo.get(asked.query), await asked.caller()
        if own is None or caller is None:
            return None
        rows = await self._own.get((own, caller.organisation))
        assert rows is not None, "there is an answer for every organisation"
        language = languages.asked_for(asked.header(b"accept-language"))
        whose = _Whose(asked.query, caller.organisation.scheme, caller.organisation.code, language)
        page = self._pages.get(whose)
        if page is None or page.rows != rows:
            reply = await self._shown(asked, own.window, repository.own_texts(rows), language)
            if reply is None:
                return None
            page = _OwnPage(rows, reply)
            self._pages.keep(whose, page)
        return page.reply

    async def _shown(self, asked: Asked, window: Window, found: OwnTexts, language: Language | None) -> Reply | None:
        contents = await self._contents([_Spoken(text, language) for text in found.texts[: window.limit]])
        if contents is None:
            return None
        cursor = _cursor(found, window)
        link = {"Link": pagination.next_link(asked.path, asked.query, cursor)} if cursor else {}
        return json_found(_page_json(contents, cursor, found, language), raw(link))

    async def _contents(self, wanted: Sequence[_Spoken]) -> list[bytes] | None:
        """The bytes of each; None when one of them is meanwhile no longer the present one."""
        found = self._known(wanted)
        if len(found) < len(wanted):
            # One after the other, as most lack the same.
            async with self._making:
                found = self._known(wanted)
                found |= await self._made([one for one in wanted if one not in found])
        return [found[one] for one in wanted] if all(one in found for one in wanted) else None

    def _known(self, wanted: Sequence[_Spoken]) -> dict[_Spoken, bytes]:
        return {one: content for one in wanted if (content := self._kept.get(one)) is not None}

    async def _made(self, wanted: Sequence[_Spoken]) -> dict[_Spoken, bytes]:
        if not wanted:
            return {}
        async with self._database.reading() as session:
            rows = await repository.by_ids(session, [one.text.id for one in wanted])
        made = {}
        for row in rows:
            one = _Spoken(MatchText(row.id, row.version, row.ranking_id), wanted[0].language)
            made[one] = spoken(MatchOut.read(row), one.language).model_dump_json().encode()
            self._kept.keep(one, made[one])
        return made


def _cursor(found: OwnTexts, window: Window) -> str | None:
    if len(found.texts) <= window.limit:
        return None
    created_at, fit = found.keys[window.limit - 1]
    return pagination.encode(fit if window.sort is Sort.BEST else created_at, found.texts[window.limit - 1].id)


def _page_json(contents: Sequence[bytes], cursor: str | None, found: OwnTexts, language: Language | None) -> bytes:
    """A MatchPage as JSON."""
    matching = service.matching(found.known, found.pending)
    told = None if contents else hint(matching, None, language)
    rest = to_json({"cursor": cursor, "matching": matching, "hint": told})
    return b'{"items":[' + b",".join(contents) + b"]," + rest[1:]


HOT_READS = (HotRead("/v1/matches", "list_matches", lambda asked: asked.state.own_matches.listed(asked)),)
