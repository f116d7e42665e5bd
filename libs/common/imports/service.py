"""What callers do with imports."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import uscc
from common.auth import Principal
from common.clock import new_id
from common.errors import NotAllowedNow
from common.imports import repository, rules
from common.imports.models import Import
from common.imports.noun import Noun
from common.imports.rules import ImportAction, ImportParty, ImportState, RowState, Wanted
from common.pagination import PageRequest
from common.sheets.refusals import UnreadableFile

MOST_WAITING = 20
"""Files of one organisation that wait to be read or committed."""


class SentFile(NamedTuple):
    """A file as it came."""

    content: bytes
    file_name: str | None
    kind: str


async def receive(
    session: AsyncSession, noun: Noun[Any], caller: Principal, sent: SentFile, at: datetime
) -> tuple[Import, bool]:
    """Keep a file to be read; whether it is new. The same file of the same organisation, for the same kind, is the
    import that there is already."""
    rules.refuse_other_kind(sent.kind, noun.kinds)
    uscc.refuse_wrong_token(caller.organisation)
    noun.refuse_caller(caller, sent.kind)
    if not sent.content:
        raise UnreadableFile(
            "Send the file as the body of the request, or in a form; it is empty",
            "请将文件作为请求体或表单上传，不能为空",
        )
    if await repository.waiting_count(session, caller.organisation) >= MOST_WAITING:
        raise NotAllowedNow(
            f"{MOST_WAITING} of your files wait to be read; send this one later",
            f"贵单位已有 {MOST_WAITING} 个文件在等待处理，请稍后再上传",
        )
    digest = hashlib.sha256(sent.kind.encode() + b"\n" + sent.content).hexdigest()
    is_new = await repository.add(session, _values(caller, sent, digest, at))
    return await repository.by_digest(session, caller.organisation, digest), is_new


def _values(caller: Principal, sent: SentFile, digest: str, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "state": rules.LIFE.initial,
        "organisation_scheme": caller.organisation.scheme,
        "organisation_code": caller.organisation.code,
        "caller": caller.model_dump(mode="json"),
        "kind": sent.kind,
        "file_name": sent.file_name,
        "digest": digest,
        "size_bytes": len(sent.content),
        "content": sent.content,
        "sheets": [],
        "created_at": at,
        "updated_at": at,
        **dict.fromkeys(
            ("good_count", "warned_count", "bad_count", "same_count", "committed_count", "attempt_count"), 0
        ),
    }


async def read(session: AsyncSession, caller: Principal, import_id: UUID) -> Import:
    return await repository.own(session, caller.organisation, import_id)


async def page(session: AsyncSession, caller: Principal, wanted: PageRequest) -> Sequence[Import]:
    return await repository.page(session, caller.organisation, wanted)


async def rows(
    session: AsyncSession, caller: Principal, import_id: UUID, state: RowState | None, *, after: int, limit: int
) -> list[dict[str, Any]]:
    found = await repository.own(session, caller.organisation, import_id)
    return await repository.rows(session, found.id, state, after=after, limit=limit)


async def commit(
    session: AsyncSession, noun: Noun[Any], caller: Principal, import_id: UUID, wanted: Wanted, at: datetime
) -> Import:
    """Have the rows made into drafts of the caller's organisation. Repeating the call changes nothing."""
    found = await repository.own(session, caller.organisation, import_id, lock=True)
    if found.state in {ImportState.COMMITTING, ImportState.COMMITTED}:
        return found
    noun.refuse_caller(caller, found.kind)
    step = rules.LIFE.moved(found.state, ImportAction.COMMIT, by={ImportParty.OWNER}, at=at)
    rules.refuse_bad_rows(wanted, found.bad_count)
    found.state, found.caller, found.updated_at = step.after, caller.model_dump(mode="json"), at
    found.leased_until, found.attempt_count, found.refusal = None, 0, None
    return found
