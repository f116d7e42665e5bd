"""The smallest service there can be: it stores notes and announces them; the guarantees of common are tested on it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID

import httpx
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from fastapi import FastAPI, Request, Response
from pydantic import Field
from sqlalchemy import DateTime, MetaData, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common import migrations, outbox
from common.auth import PrincipalDep
from common.clock import new_id, now
from common.contracts.envelope import Envelope, Event
from common.database import NAMING, SessionDep
from common.errors import NotFound
from common.etags import IfMatchDep, refuse_stale, set_etag
from common.fields import Frozen, Line
from common.idempotency import OnceDep
from common.pagination import Page, PageDep, link_next, page_of
from common.permissions.table import Permission, PermissionScope, PermissionTable, of_process
from common.problems import problems
from common.roles import Role
from common.routing import GuardedRouter
from common.runtime import server_config
from common.server import Server
from common.settings import PlatformSettings, ServiceSettings
from common.web import Api, build_app
from deploy.embedded.tokens import TokenIssuer


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Note(Base):
    """`partner` must name a note by the time of commit, so a commit can be made to fail."""

    __tablename__ = "notes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    line: Mapped[str]
    partner: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class NoteIn(Frozen):
    line: Line
    partner: UUID | None = None
    marks: Annotated[tuple[int, ...], Field(max_length=5)] = ()


class NoteOut(Frozen):
    id: UUID
    version: int
    line: str


class NoteTaken(Event):
    type: ClassVar[str] = "ledger.note.taken"
    stream: ClassVar[str] = "LEDGER"
    id: UUID
    line: str

    def about(self) -> str:
        return str(self.id)


router = GuardedRouter()


@router.post("/notes", status_code=201)
async def take(body: NoteIn, _: PrincipalDep, session: SessionDep, once: OnceDep, response: Response) -> NoteOut:
    note = Note(id=new_id(), version=1, line=body.line, partner=body.partner, created_at=now())
    session.add(note)
    outbox.record(session, NoteTaken(id=note.id, line=note.line))
    set_etag(response, note.version)
    response.headers["Location"] = f"/notes/{note.id}"
    return once.keep(NoteOut.model_validate(note))


@router.put("/notes/{note_id}", responses=problems(NotFound))
async def change(note_id: UUID, body: NoteIn, session: SessionDep, expected: IfMatchDep) -> NoteOut:
    note = await session.get(Note, note_id, with_for_update=True)
    if note is None:
        raise NotFound("no such note", "没有这条记录")
    refuse_stale(expected, note.version)
    note.line, note.version = body.line, note.version + 1
    return NoteOut.model_validate(note)


@router.get("/notes/{note_id}", responses=problems(NotFound))
async def read(note_id: UUID, session: SessionDep) -> NoteOut:
    if (note := await session.get(Note, note_id)) is None:
        raise NotFound("no such note", "没有这条记录")
    return NoteOut.model_validate(note)


@router.get("/notes")
async def listing(page: PageDep, session: SessionDep, request: Request, response: Response) -> Page[NoteOut]:
    rows = select(Note).order_by(Note.created_at, Note.id).limit(page.limit + 1)
    if page.after:
        moment, note_id = page.after
        rows = rows.where((Note.created_at > moment) | ((Note.created_at == moment) & (Note.id > note_id)))
    notes = (await session.scalars(rows)).all()
    shown = page_of(notes, page, lambda note: (note.created_at, note.id), NoteOut.model_validate)
    link_next(request, response, shown.cursor)
    return shown


@router.post("/notes/{note_id}/burn", status_code=204)
async def burn(note_id: UUID, session: SessionDep, _: OnceDep) -> None:
    await session.delete(await session.get_one(Note, note_id))


@router.get("/crash")
async def crash(q: str = "") -> None:
    secret_phone = "13800001111"
    raise RuntimeError(f"cannot reach {secret_phone[:0]}anything")


@router.get("/slow")
async def slow(session: SessionDep) -> None:
    await session.execute(text("SELECT pg_sleep(30)"))


def _row(operation: str, roles: frozenset[Role] | None = None) -> Permission:
    return Permission("notes", operation, roles, PermissionScope.PUBLIC)


_ROWS = (
    _row("take", frozenset({Role.ENTERPRISE})),
    *map(_row, ("change", "read", "listing", "burn", "crash", "slow")),
)
PERMISSIONS = PermissionTable([*of_process().rows.values(), *_ROWS], Path(__file__))


def build_schema(url: str) -> None:
    """Create the ledger's table and the common ones, the latter by the code that migrations use."""
    asyncio.run(_build_schema(url))


def _create_common(op: Operations) -> None:
    migrations.create_common_tables(op)
    migrations.create_dead_letters(op)
    migrations.add_trace_context(op)


async def _build_schema(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(
            text(
                "ALTER TABLE notes ADD CONSTRAINT partners FOREIGN KEY (partner) REFERENCES notes"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        )
        await connection.run_sync(lambda sync: _create_common(Operations(MigrationContext.configure(sync))))
    await engine.dispose()


def settings_for(
    url: str, issuer: TokenIssuer, *, nats_url: str = "nats://127.0.0.1:9", **more: object
) -> ServiceSettings:
    platform = PlatformSettings(
        nats_url=nats_url,
        jwks=issuer.settings["JINGQIAO_JWKS"],
        issuer=issuer.settings["JINGQIAO_ISSUER"],
        audience=issuer.settings["JINGQIAO_AUDIENCE"],
    )
    return ServiceSettings.model_validate(
        {"database_url": url, "platform": platform, "connect_timeout_s": 5.0, "shutdown_delay_s": 0.0, **more}
    )


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The app with its lifespan, and a client that sees its errors as a network peer would."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://ledger") as client,
    ):
        yield client


def ledger_app(settings: ServiceSettings) -> FastAPI:
    return build_app("ledger", settings, Api([router], PERMISSIONS), description="Notes.")


@contextmanager
def served(settings: ServiceSettings) -> Iterator[Server]:
    """The ledger behind a real socket; setting `should_exit` is what SIGTERM does."""
    app = ledger_app(settings)
    server = Server(server_config(app, settings, 0), app, delay_s=settings.shutdown_delay_s)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


def port_of(server: Server) -> int:
    assert server.started
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


def token(issuer: TokenIssuer, *roles: str, code: str = "91370200264574251E") -> dict[str, str]:
    minted = issuer.mint("uscc", code, "示例单位", list(roles or ["enterprise"]))
    return {"Authorization": f"Bearer {minted}"}


async def recorded(session: AsyncSession) -> list[Envelope]:
    rows = await session.scalars(select(outbox.OutboxRow).order_by(outbox.OutboxRow.seq))
    return [Envelope.model_validate_json(row.envelope) for row in rows]
