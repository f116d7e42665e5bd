"""Imports over HTTP."""

from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal, PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, TooLarge, Unauthenticated, Unavailable
from common.fields import Language, Line
from common.forms import FIELD, FORM, FormFile, file_of, is_form
from common.idempotency import CONTENT, OnceDep
from common.imports import service
from common.imports.noun import Noun
from common.imports.rules import RowState
from common.imports.schemas import Commission, ImportOut, ImportRowOut, row_shown, shown
from common.imports.service import SentFile
from common.languages import LanguageDep
from common.listing import ListingDep, listed
from common.pagination import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Page,
    decode_number,
    encode,
    link_next,
)
from common.problems import problems
from common.routing import GuardedRouter
from common.sheets.refusals import MIB, FileLimits, UnreadableFile

router = GuardedRouter(prefix="/v1/imports", tags=["imports"], responses=problems(Unavailable))
_READING = problems(Unauthenticated, NotFound)
OCTETS = "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES = (
    OCTETS, XLSX, "application/vnd.ms-excel", "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)  # fmt: skip
_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "properties": {FIELD: _BINARY}, "required": [FIELD], "additionalProperties": False}
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": _BINARY} for kind in FILE_TYPES} | {FORM: {"schema": _FORM}},
    }
}


class Importer(NamedTuple):
    """What every use of an import needs: the transaction, who asks in which language, and what imports become."""

    session: AsyncSession
    caller: Principal
    language: Language | None
    noun: Noun[Any]


async def _changing(request: Request, session: SessionDep, caller: PrincipalDep, language: LanguageDep) -> Importer:
    return Importer(session, caller, language, request.app.state.imported)


async def _looking(request: Request, session: ReadSessionDep, caller: PrincipalDep, language: LanguageDep) -> Importer:
    return Importer(session, caller, language, request.app.state.imported)


ChangingDep = Annotated[Importer, Depends(_changing)]
LookingDep = Annotated[Importer, Depends(_looking)]


async def _content(request: Request, _caller: PrincipalDep) -> FormFile:
    sent = await file_of(request) if is_form(request) else FormFile(await request.body(), None)
    limits: FileLimits = request.app.state.settings.file_limits
    if len(sent.content) > limits.file_bytes:
        raise TooLarge(
            f"Send a file of at most {limits.file_bytes // MIB} MiB", f"文件最大 {limits.file_bytes // MIB} MiB"
        )
    # A form's boundary is another one each time it is sent.
    request.scope[CONTENT] = sent.content
    return sent


ContentDep = Annotated[FormFile, Depends(_content)]
"""The file in the request's body, taken in only from who shows a token. Whatever waits for a connection to the database
comes after it among a route's parameters: a slow sender must not hold one."""


_THE_SAME: dict[int | str, dict[str, Any]] = {
    200: {"model": ImportOut, "description": "You have sent this file already"}
}


class NewFile(BaseModel):
    kind: Line | None = Field(None, description="Of rows that name none; without it, the first that there is.")
    name: Line | None = Field(None, description="The file's name, to recognise it by; a form gives it, too.")


class RowFilters(BaseModel):
    state: RowState | None = Field(None, description="Rows in this state alone.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Rows per page.")
    cursor: str | None = Field(None, max_length=300, description="`cursor` of the previous page.")


@router.post(
    "",
    status_code=202,
    summary="Send a file to be read",
    responses=_THE_SAME | problems(Unauthenticated, Forbidden, NotAllowedNow, TooLarge, UnreadableFile),
    openapi_extra=_FILE,
)
async def create_import(
    arrived: ContentDep,
    asked: ChangingDep,
    once: OnceDep,
    file: Annotated[NewFile, Query()],
    response: Response,
) -> ImportOut:
    """The body is the file itself, or a form with the field `file`: .xlsx, .xls, .csv, or .docx with tables. It is read
    in the background into a report, and nothing else is written before it is committed. The same file again answers
    with the import that there is."""
    sent = SentFile(arrived.content, file.name or arrived.name, file.kind or asked.noun.kinds[0])
    found, is_new = await service.receive(asked.session, asked.noun, asked.caller, sent, now())
    response.headers["Location"] = f"/v1/imports/{found.id}"
    response.status_code = 202 if is_new else 200
    return once.keep(shown(found, asked.language, is_repeated=not is_new))


@router.get("", summary="List your imports, newest first", responses=problems(Unauthenticated))
async def list_imports(asked: LookingDep, listing: ListingDep) -> Page[ImportOut]:
    rows = await service.page(asked.session, asked.caller, listing.page)
    return listed(listing, rows, lambda row: shown(row, asked.language))


@router.get(
    "/template",
    summary="Get an empty table to fill in",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def read_import_template(request: Request) -> Response:
    """An .xlsx with every column that is read, in Chinese and English, a row of hints, and lists to choose from."""
    noun: Noun[Any] = request.app.state.imported
    from common.imports.template import template  # and a library of spreadsheets: no start should wait for it

    content = template(noun, request.app.state.settings.platform.tracks)
    named = f'attachment; filename="{noun.name}.xlsx"'
    return Response(content, media_type=XLSX, headers={"Content-Disposition": named})


@router.get("/{import_id}", summary="Read an import", responses=_READING)
async def read_import(import_id: UUID, asked: LookingDep) -> ImportOut:
    """How far it is: what has been read and committed so far."""
    return shown(await service.read(asked.session, asked.caller, import_id), asked.language)


@router.get("/{import_id}/rows", summary="Read what was found in its rows", responses=_READING)
async def list_import_rows(
    import_id: UUID, asked: LookingDep, wanted: Annotated[RowFilters, Query()], request: Request, response: Response
) -> Page[ImportRowOut]:
    """Every entry in the order of the file, with each cell, what was read of it, and what is wrong or was done."""
    after = decode_number(wanted.cursor)[0] if wanted.cursor else 0
    rows = await service.rows(asked.session, asked.caller, import_id, wanted.state, after=after, limit=wanted.limit)
    shown_rows = [row_shown(row, asked.language) for row in rows[: wanted.limit]]
    more = encode(shown_rows[-1].number, import_id) if len(rows) > wanted.limit else None
    link_next(request, response, more)
    return Page(items=shown_rows, cursor=more)


@router.post(
    "/{import_id}/commit",
    summary="Make its rows into drafts",
    status_code=202,
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow),
)
async def commit_import(
    import_id: UUID, asked: ChangingDep, once: OnceDep, body: Commission | None = None
) -> ImportOut:
    """All rows, or those without errors, become your organisation's. It is done in the background; each row becomes one
    thing, however often this is called."""
    wanted = (body or Commission()).rows
    found = await service.commit(asked.session, asked.noun, asked.caller, import_id, wanted, now())
    return once.keep(shown(found, asked.language))
