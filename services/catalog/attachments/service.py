"""What callers do with attachments."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments import publication, repository, rules
from catalog.attachments.models import Attachment
from catalog.attachments.rules import AttachmentAction, AttachmentParty, FileKind
from catalog.attachments.store import Store
from catalog.demands import service as demands
from catalog.demands.models import Demand
from catalog.history import service as history
from catalog.history.service import AnyTransition, Deed
from common.auth import Principal
from common.clock import new_id
from common.errors import NotFound
from common.etags import refuse_other_content
from common.pagination import PageRequest

IN_MEMORY = 1024 * 1024
"""Bytes of an upload that are held in memory at most; the rest goes to a temporary file."""


@dataclass(frozen=True)
class Upload:
    """A file that arrived whole, before anything is stored."""

    name: str
    kind: FileKind
    content: BinaryIO
    size_bytes: int
    sha256: str


class Attaching(NamedTuple):
    """The transaction, the store, who attaches, and when."""

    session: AsyncSession
    store: Store
    caller: Principal
    at: datetime


@contextmanager
def received() -> Iterator[BinaryIO]:
    """Room for a file that is arriving."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as content:
        yield cast(BinaryIO, content)


async def arrived(
    chunks: AsyncIterator[bytes], content: BinaryIO, name: str, kind: FileKind, *, limit_bytes: int
) -> Upload:
    """Take a file in, without holding a connection. Raises TooLarge as soon as it is, UnsupportedMediaType for what is
    not of its kind."""
    digest, size = hashlib.sha256(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            break
        digest.update(chunk)
        content.write(chunk)
    rules.refuse_size(size, limit_bytes)
    content.seek(0)
    rules.refuse_other_content(kind, content.read(512))
    return Upload(name, kind, content, size, digest.hexdigest())


async def refuse_stranger(session: AsyncSession, caller: Principal, demand_id: UUID) -> None:
    """Raises NotFound unless the demand is the caller's: before a file is taken in."""
    if not demands.is_own(caller, await demands.read(session, caller, demand_id)):
        raise NotFound("You have no such demand", "您没有这条需求")


async def attach(attaching: Attaching, demand_id: UUID, upload: Upload, if_match: str | None) -> Attachment:
    """Put a file in its name's place; the same content again changes nothing.

    if_match  tags of the content that the caller means to replace. Raises PreconditionRequired and Stale when there is
    one that they do not name.
    """
    session, store, caller, at = attaching
    demand = await demands.own(session, caller, demand_id)
    attachment = await repository.named(session, demand_id, upload.name)
    if attachment is not None and attachment.place and attachment.sha256 == upload.sha256:
        return attachment
    rules.refuse_fixed(demand.state)
    if attachment is not None and attachment.place:
        refuse_other_content(if_match, tag_of(attachment))
    if attachment is None or attachment.place is None:
        rules.refuse_more(await repository.count(session, demand_id))
    transition: AnyTransition
    if attachment is None:
        attachment = _new(demand, upload, at)
        repository.add(session, attachment)
        transition = history.begun(attachment, AttachmentParty.OWNER, at)
    else:
        transition = history.moved(rules.LIFE, attachment, AttachmentAction.REPLACE, {AttachmentParty.OWNER}, at)
        if attachment.place:
            await store.drop(session, attachment.place)
    attachment.media_type, attachment.size_bytes = upload.kind.media_type, upload.size_bytes
    attachment.sha256 = upload.sha256
    attachment.place = await store.keep(session, upload.content, upload.sha256)
    publication.record(session, demand, attachment, Deed(transition, caller))
    return attachment


def _new(demand: Demand, upload: Upload, at: datetime) -> Attachment:
    return Attachment(
        id=new_id(),
        version=1,
        demand_id=demand.id,
        owner=demand.owner,
        state=rules.LIFE.initial,
        name=upload.name,
        media_type=upload.kind.media_type,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        created_at=at,
        updated_at=at,
    )


async def remove(attaching: Attaching, demand_id: UUID, name: str, if_match: str | None) -> None:
    """Repeating it changes nothing. Raises NotFound for a name that never was there; as `attach`, otherwise."""
    session, store, caller, at = attaching
    demand = await demands.own(session, caller, demand_id)
    attachment = await repository.named(session, demand_id, name)
    if attachment is None:
        raise _no_such_file()
    if attachment.place is None:
        return
    rules.refuse_fixed(demand.state)
    refuse_other_content(if_match, tag_of(attachment))
    transition = history.moved(rules.LIFE, attachment, AttachmentAction.DELETE, {AttachmentParty.OWNER}, at)
    await store.drop(session, attachment.place)
    attachment.place = None
    publication.record(session, demand, attachment, Deed(transition, caller))


def tag_of(attachment: Attachment) -> str:
    """The ETag of its content."""
    return f'"{attachment.sha256}"'


async def page(
    session: AsyncSession, visitor: Principal | None, demand_id: UUID, wanted: PageRequest
) -> Sequence[Attachment]:
    await demands.read(session, visitor, demand_id)
    return await repository.page(session, demand_id, wanted)


async def read(session: AsyncSession, visitor: Principal | None, demand_id: UUID, name: str) -> Attachment:
    await demands.read(session, visitor, demand_id)
    attachment = await repository.named(session, demand_id, name)
    if attachment is None or attachment.place is None:
        raise _no_such_file()
    return attachment


def _no_such_file() -> NotFound:
    return NotFound("The demand has no such attachment", "该需求没有这个附件")
