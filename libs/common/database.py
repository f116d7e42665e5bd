"""The database of one service: its sessions, its time-outs, and the one place where a request commits."""

import ssl
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Dialect, Enum, MetaData, String, TypeDecorator, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from common import sealed, tracing
from common.lines import Lines
from common.outages import outages_named
from common.settings import ServiceSettings
from common.turns import FairGate
from common.vault import Vault
from common.vocabulary import Vocabulary

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names that migrations can rely on; a service's own Base uses them too."""


WORD_LENGTH = 32


class CommonBase(DeclarativeBase):
    """The tables every service has: outbox, inbox, idempotency keys."""

    metadata = MetaData(naming_convention=NAMING)


class Words(TypeDecorator[Vocabulary]):
    """A text column of words from a vocabulary; what only a later version knows comes back as it is."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[Vocabulary]) -> None:
        super().__init__(WORD_LENGTH)
        self.kind = kind

    def process_bind_param(self, value: Vocabulary | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Vocabulary | None:
        return None if value is None else self.kind.heard(value)


def words(kind: type[StrEnum]) -> Enum | Words:
    """A text column that holds the values of `kind` and comes back as its members."""
    if issubclass(kind, Vocabulary):
        return Words(kind)
    values = [member.value for member in kind]
    return Enum(kind, native_enum=False, length=WORD_LENGTH, values_callable=lambda _: values)


def dsn(database_url: str, how: Mapping[str, str] = MappingProxyType({})) -> str:
    """The address as asyncpg itself reads it; `how` adds parameters such as `sslmode`."""
    url = make_url(database_url).set(drivername="postgresql").update_query_dict(how)
    return url.render_as_string(hide_password=False)


def _encryption(settings: ServiceSettings) -> dict[str, str]:
    how: dict[str, str] = {"sslmode": settings.database_tls}
    return how if settings.database_ca is None else how | {"sslrootcert": str(settings.database_ca)}


def tls(settings: ServiceSettings) -> ssl.SSLContext | str:
    """How to encrypt, as asyncpg's `ssl`, for SQLAlchemy's engines. Raises OSError when the file is missing."""
    if settings.database_ca is None:
        return settings.database_tls
    context = ssl.create_default_context(cafile=settings.database_ca)
    context.check_hostname = settings.database_tls == "verify-full"
    return context


class Database:
    """Sessions on one PostgreSQL database; every wait in it has an end."""

    def __init__(self, settings: ServiceSettings) -> None:
        statement_ms = int(settings.statement_timeout_s * 1000)
        self.dsn = dsn(settings.database_url, _encryption(settings))
        self._engine = create_async_engine(
            settings.database_url,
            pool_size=settings.database_pool,
            max_overflow=0,
            pool_timeout=settings.connect_timeout_s,
            # No ping before use: it would cost three round trips each time. A restarted database costs one 503.
            pool_recycle=1800,
            hide_parameters=True,
            connect_args={
                "timeout": settings.connect_timeout_s,
                "ssl": tls(settings),
                "command_timeout": settings.statement_timeout_s + 1,
                "server_settings": {
                    "statement_timeout": str(statement_ms),
                    "idle_in_transaction_session_timeout": str(6 * statement_ms),
                    "jit": "off",
                },
            },
        )
        sealed.use(self._engine, Vault([key.get_secret_value() for key in settings.secret_keys]))
        tracing.watch_engine(self._engine.sync_engine)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        kept = max(1, settings.database_pool * 2 // 5)
        self.lines = Lines(self._engine, count=kept, limit_s=settings.queue_limit_s)
        self._gate = FairGate(
            at_once=max(1, settings.database_pool - kept), limit_s=settings.queue_limit_s, name="database"
        )
        statements = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = async_sessionmaker(statements, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self, turn_of: Hashable = None) -> AsyncIterator[AsyncSession]:
        """A transaction: committed when the block ends, rolled back when it raises.

        turn_of  those who wait for a connection get one in turns; None are all who have no turn of their own

        Raises Unavailable when the database cannot be reached or does not answer in time.
        """
        with outages_named():
            async with self._gate.turn(turn_of), self._sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """For requests that only read: each statement sees what is committed by then, and costs one round trip.

        Raises Unavailable as `begin` does.
        """
        with outages_named():
            async with self._gate.turn(None), self._readers() as session:
                yield session

    @property
    def waiting_count(self) -> int:
        """Requests of this process that wait for a connection."""
        return self._gate.waiting_count

    async def close(self) -> None:
        await self.lines.close()
        await self._engine.dispose()


async def _request_session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.begin() as session:
        yield session


async def _reading_session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.reading() as session:
        yield session


# scope="function": the commit must happen before the reply leaves, or a 201 can be a lie.
SessionDep = Annotated[AsyncSession, Depends(_request_session, scope="function")]
"""The transaction of a request."""

ReadSessionDep = Annotated[AsyncSession, Depends(_reading_session, scope="function")]
"""For GET routes; what is written through it is not undone by a later failure, so nothing is."""
