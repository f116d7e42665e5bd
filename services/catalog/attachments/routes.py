"""Attachments over HTTP: files go in and out in pieces."""

from string import ascii_letters, digits
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Scope

from catalog.attachments import rules, service
from catalog.attachments.schemas import AttachmentOut
from catalog.attachments.service import Attaching
from common.auth import PrincipalDep, VisitorDep
from common.clock import now
from common.database import Database, SessionDep
from common.errors import (
    Forbidden,
    NotAllowedNow,
    NotFound,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from common.etags import IfMatchContent, IfNoneMatch, is_known
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter


def is_upload(scope: Scope) -> bool:
    """Whether a request's body is a file, to be taken in as it comes."""
    return scope["method"] == "PUT" and ("/attachments/" in scope["path"] or "/report/" in scope["path"])


router = GuardedRouter(
    prefix="/v1/demands/{demand_id}/attachments", tags=["attachments"], responses=problems(Unavailable, NotFound)
)
_CHANGING = problems(Unauthenticated, Forbidden, NotAllowedNow, Stale, PreconditionRequired)
_OPTIONAL: dict[str, Any] = {"security": [{}]}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {kind.media_type: _BINARY for kind in rules.KINDS}}
}
FILE_REPLY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind.media_type: _BINARY for kind in rules.KINDS}},
    304: {"description": "The reader has it already"},
}
_PLAIN = frozenset(ascii_letters + digits + "-._~")
Name = Annotated[str, Path(description="File name with its ending.", examples=["技术要求.pdf"])]


@router.put(
    "/{name}",
    summary="Attach a file to a demand",
    responses=_CHANGING | problems(TooLarge, UnsupportedMediaType),
    openapi_extra=FILE_BODY,
)
async def replace_attachment(
    demand_id: UUID,
    name: Name,
    caller: PrincipalDep,
    request: Request,
    response: Response,
    if_match: IfMatchContent = None,
) -> AttachmentOut:
    """The body is the file, of the type that its name ends in. With `If-Match`, one of the same name is replaced; the
    same content again changes nothing. While a demand is reviewed, and once it is closed, its files stay."""
    settings, database = request.app.state.settings, _database(request)
    kind = rules.kind_of(name, request.headers.get("content-type", "").partition(";")[0].strip().lower())
    limit_bytes = int(settings.attachment_mb * 2**20)
    async with database.reading() as session:
        await service.refuse_stranger(session, caller, demand_id)
    declared = request.headers.get("content-length", "")
    if declared.isdigit():
        rules.refuse_size(int(declared), limit_bytes)
    with service.received() as content:
        upload = await service.arrived(request.stream(), content, name, kind, limit_bytes=limit_bytes)
        async with database.begin() as session:
            attaching = Attaching(session, request.app.state.attachments, caller, now())
            attachment = await service.attach(attaching, demand_id, upload, if_match)
        response.headers["ETag"] = service.tag_of(attachment)
        return AttachmentOut.model_validate(attachment)


@router.get("", summary="List a demand's attachments", responses=problems(Unauthenticated), openapi_extra=_OPTIONAL)
async def list_attachments(demand_id: UUID, listing: ListingDep, visitor: VisitorDep) -> Page[AttachmentOut]:
    """Newest first, for whoever may see the demand."""
    rows = await service.page(listing.session, visitor, demand_id, listing.page)
    return listed(listing, rows, AttachmentOut.model_validate)


@router.get(
    "/{name}",
    summary="Read an attachment",
    responses=FILE_REPLY | problems(Unauthenticated),
    response_class=StreamingResponse,
    openapi_extra=_OPTIONAL,
)
async def read_attachment(
    demand_id: UUID, name: Name, visitor: VisitorDep, request: Request, if_none_match: IfNoneMatch = None
) -> Response:
    """The file itself, for whoever may see the demand."""
    async with _database(request).reading() as session:
        attachment = await service.read(session, visitor, demand_id, name)
    headers = {"ETag": service.tag_of(attachment), **file_headers(attachment.name)}
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(attachment.size_bytes)
    pieces = request.app.state.attachments.read(_database(request), attachment.place, attachment.size_bytes)
    return StreamingResponse(pieces, headers=headers, media_type=attachment.media_type)


@router.delete("/{name}", status_code=204, summary="Remove an attachment", responses=_CHANGING)
async def delete_attachment(
    demand_id: UUID,
    name: Name,
    caller: PrincipalDep,
    session: SessionDep,
    request: Request,
    if_match: IfMatchContent = None,
) -> None:
    """By the demand's owner. Repeating the call changes nothing."""
    await service.remove(Attaching(session, request.app.state.attachments, caller, now()), demand_id, name, if_match)


def file_headers(name: str) -> dict[str, str]:
    """Of a reply that is a file of whatever content: to be stored under its name, and neither shown nor cached."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{_encoded(name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }


def _encoded(name: str) -> str:
    """As a header may carry it (RFC 8187)."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in name.encode())


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
