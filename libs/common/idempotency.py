"""`Idempotency-Key`: a repeated POST gets the first reply, and its effect happens once."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import DateTime, Integer, Select, Text, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import PrincipalDep
from common.database import CommonBase, Database, SessionDep
from common.errors import FieldFault, IdempotencyKeyReused, invalid
from common.rereading import nearest_readable, reread
from common.sealed import SealedText

Reply = TypeVar("Reply", bound=BaseModel)
MAX_KEY = 128
GONE = (404, 410)
CONTENT = "jingqiao.content"
"""In the scope of a request whose route has read its body: what of it has to be the same in a repeat, as bytes."""
KEPT_HEADERS = ("etag", "link", "location")


class IdempotencyRow(CommonBase):
    """One key of one caller, the digest of its request, and the reply once there is one."""

    __tablename__ = "idempotency"

    caller: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(SealedText)
    headers: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Replay(Exception):
    """Not a failure: this request was answered before, and here is the answer."""

    def __init__(self, row: IdempotencyRow) -> None:
        super().__init__(row.key)
        # Copied out now: the row is unreadable once this exception has ended its transaction.
        self.status, self.body = row.status or 200, row.body
        self.headers = dict(line.split(": ", 1) for line in (row.headers or "").splitlines())


class Once:
    """Keeps the reply of the present request under its key."""

    def __init__(self, request: Request, response: Response, row: IdempotencyRow | None) -> None:
        self._request, self._response, self._row = request, response, row

    def keep(self, reply: Reply) -> Reply:
        """Remember `reply` (and the ETag, Link and Location set so far) for repeats of this request."""
        if self._row is not None:
            kept = {name: value for name, value in self._response.headers.items() if name in KEPT_HEADERS}
            self._row.status = self._response.status_code or self._request.scope["route"].status_code or 200
            self._row.body = reply.model_dump_json()
            self._row.headers = "\n".join(f"{name}: {value}" for name, value in kept.items())
        return reply


@dataclass(frozen=True)
class _Key:
    """A caller's key, and the digest of the request it came with."""

    caller: str
    key: str
    digest: str

    @property
    def columns(self) -> dict[str, str]:
        return {"caller": self.caller, "key": self.key, "digest": self.digest}


async def _key(
    request: Request,
    principal: PrincipalDep,
    idempotency_key: Annotated[str | None, Header(description="Any string; repeat it to repeat safely.")] = None,
) -> _Key | None:
    if idempotency_key is None:
        return None
    if not (0 < len(idempotency_key) <= MAX_KEY and idempotency_key.isascii() and idempotency_key.isprintable()):
        raise invalid(
            FieldFault(
                f"give 1 to {MAX_KEY} printable ASCII characters",
                f"请填写 1 至 {MAX_KEY} 个可打印的 ASCII 字符",
                parameter="Idempotency-Key",
            )
        )
    body = request.scope[CONTENT] if CONTENT in request.scope else await request.body()
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return _Key(principal.caller, idempotency_key, hashlib.sha256(target + body).hexdigest())


_KeyDep = Annotated[_Key | None, Depends(_key)]


def _found(key: _Key) -> Select[IdempotencyRow]:
    return select(IdempotencyRow).where(IdempotencyRow.caller == key.caller, IdempotencyRow.key == key.key)


async def _claim(session: AsyncSession, key: _Key) -> IdempotencyRow:
    """The key's row; a second request with the same key waits here until the first has committed."""
    await session.execute(insert(IdempotencyRow).values(key.columns).on_conflict_do_nothing())
    return (await session.scalars(_found(key).with_for_update())).one()


def _refuse_other_or_replay(row: IdempotencyRow, digest: str) -> None:
    if row.digest != digest:
        fault = FieldFault("use a new key for a new request", "新的请求请使用新的幂等键", parameter="Idempotency-Key")
        raise IdempotencyKeyReused(
            "The key came with another address or body before", "该幂等键曾用于不同的请求", faults=(fault,)
        )
    if row.status is not None:
        raise Replay(row)


async def _once(request: Request, response: Response, session: SessionDep, key: _KeyDep) -> AsyncIterator[Once]:
    if key is None:
        yield Once(request, response, None)
        return
    row = await _claim(session, key)
    _refuse_other_or_replay(row, key.digest)
    yield Once(request, response, row)


async def _once_answered(request: Request, response: Response, key: _KeyDep) -> AsyncIterator[Once]:
    if key is None:
        yield Once(request, response, None)
        return
    database: Database = request.app.state.database
    async with database.begin() as session:
        if (before := await session.scalar(_found(key))) is not None:
            _refuse_other_or_replay(before, key.digest)
    row = IdempotencyRow(**key.columns)
    yield Once(request, response, row)
    kept = {"status": row.status, "body": row.body, "headers": row.headers}
    async with database.begin() as session:
        await session.execute(insert(IdempotencyRow).values(key.columns | kept).on_conflict_do_nothing())


OnceDep = Annotated[Once, Depends(_once, scope="function")]
"""Every POST route takes it and returns `once.keep(reply)`."""

AnsweredOnceDep = Annotated[Once, Depends(_once_answered, scope="function")]
"""In its place for a POST that computes an answer and stores nothing: no transaction, and so no connection, waits
meanwhile. Of repeats that come at once each is answered, and the first answer is kept."""


async def _on_replay(request: Request, error: Exception) -> Response:
    """The first reply, unless what it tells of is there no more for this caller; that the caller may still ask for it,
    the table of permissions has said by now."""
    assert isinstance(error, Replay)
    told_of = error.headers.get("location") or request.url.path
    if (place := nearest_readable(request.app, told_of)) is not None:
        now_there = await reread(request, place)
        if now_there.status_code in GONE or now_there.status_code >= 500:
            return now_there
    headers = {**error.headers, "Idempotent-Replayed": "true"}
    return Response(error.body, status_code=error.status, media_type="application/json", headers=headers)


def install(app: FastAPI) -> None:
    app.add_exception_handler(Replay, _on_replay)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop keys older than clients retry."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < before))
