"""Profiles as everyone reads them: each text made into bytes once, which text is the present one asked each time."""

from uuid import UUID

from starlette.responses import Response

from common.database import Database
from common.errors import NotFound
from common.etags import etag, is_known
from common.hot import Asked, HotRead, json_reply
from common.kept import KeptBytes
from common.lines import Together
from matcher.profiles import service
from matcher.profiles.schemas import ProfileOut
from matcher.subjects.profiles import repository
from matcher.subjects.profiles.repository import ProfileText


class PublicProfiles:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_bytes: int) -> None:
        self._database = database
        self._kept: KeptBytes[ProfileText] = KeptBytes(most_bytes)
        self._present: Together[UUID, ProfileText] = Together(database.lines, repository.present_texts)

    async def one(self, asked: Asked) -> Response | None:
        if asked.query or asked.id is None:
            return None
        text = await self._present.get(asked.id)
        if text is None:
            return None
        headers = {"ETag": etag(text.version)}
        if is_known(asked.header(b"if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        content = self._kept.get(text) or await self._made(text)
        return json_reply(content, headers) if content else None

    async def _made(self, text: ProfileText) -> bytes | None:
        """None when the text is meanwhile no longer the present one."""
        try:
            async with self._database.reading() as session:
                profile = await service.shown(session, text.id)
        except NotFound:
            return None
        if (profile.version, profile.updated_at) != (text.version, text.updated_at):
            return None
        content = ProfileOut.model_validate(profile).model_dump_json().encode()
        self._kept.keep(text, content)
        return content


HOT_READS = (HotRead("/v1/profiles/{profile_id}", lambda asked: asked.state.public_profiles.one(asked)),)
