"""Public profiles as everyone reads them: made into bytes once, which text is the present one asked each time."""

from functools import lru_cache
from uuid import UUID

from common.database import Database
from common.errors import NotFound
from common.etags import etag, is_known
from common.hot import Asked, HotRead, Reply, json_found, raw
from common.kept import Kept
from common.lines import Together
from matcher.profiles import service
from matcher.profiles.schemas import ProfileOut
from matcher.subjects.profiles import repository
from matcher.subjects.profiles.repository import ProfileText

READS_AT_ONCE = 2
"""Statements that ask which texts are the present ones; while they run, others who come wait to share the next."""


@lru_cache(maxsize=1024)
def _unchanged(version: int) -> tuple[str, Reply]:
    """The tag of a text, and what who has it is told."""
    return etag(version), Reply(304, raw({"ETag": etag(version)}))


class PublicProfiles:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_bytes: int) -> None:
        self._database = database
        self._kept: Kept[ProfileText, bytes] = Kept(most_bytes)
        self._present: Together[UUID, ProfileText] = Together(
            database.lines.share(READS_AT_ONCE), repository.present_texts
        )

    async def one(self, asked: Asked) -> Reply | None:
        if asked.query or asked.id is None:
            return None
        text = await self._present.get(asked.id)
        if text is None:
            return None
        tag, unchanged = _unchanged(text.version)
        if is_known(asked.header(b"if-none-match"), tag):
            return unchanged
        content = self._kept.get(text) or await self._made(text)
        return json_found(content, unchanged.headers) if content else None

    async def _made(self, text: ProfileText) -> bytes | None:
        """None when the text is meanwhile no longer the present one."""
        try:
            async with self._database.reading() as session:
                profile = await service.shown(session, None, text.id)
        except NotFound:
            return None
        if (profile.version, profile.updated_at) != (text.version, text.updated_at):
            return None
        content = ProfileOut.model_validate(profile).model_dump_json().encode()
        self._kept.keep(text, content)
        return content


HOT_READS = (
    HotRead("/v1/profiles/{profile_id}", "read_profile", lambda asked: asked.state.public_profiles.one(asked)),
)
