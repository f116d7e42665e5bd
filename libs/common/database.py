"""The database of one service: its sessions, its time-outs, and the one place where a request commits."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from common.errors import Unavailable
from common.settings import ServiceSettings
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


def dsn(database_url: str) -> str:
    """The address as asyncpg itself reads it."""
    return database_url.replace("postgresql+asyncpg://", "postgresql://", 1)


def is_outage(error: BaseException) -> bool:
    """Whether an error means the database is away, restarting or overloaded, rather than that the SQL is wrong."""
    if isinstance(error, (OSError, TimeoutError, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    # Class 08 connection, 53 resources, 57P0x shutdown or restart, 57014 statement time-out, 55P03 lock time-out.
    return (
        error.connection_invalidated or state[:2] in {"08", "53"} or state[:4] == "57P0" or state in {"57014", "55P03"}
    )


class Database:
    """Sessions on one PostgreSQL database; every wait in it has an end."""

    def __init__(self, settings: ServiceSettings) -> None:
        statement_ms = int(settings.statement_timeout_s * 1000)
        self.dsn = dsn(settings.database_url)
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
                "command_timeout": settings.statement_timeout_s + 1,
                "server_settings": {
                    "statement_timeout": str(statement_ms),
                    "idle_in_transaction_session_timeout": str(6 * statement_ms),
                    "jit": "off",
                },
            },
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        statements = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = async_sessionmaker(statements, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed when the block ends, rolled back when it raises.

        Raises Unavailable when the database cannot be reached or does not answer in time.
        """
        with _outages_named():
            async with self._sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """For requests that only read: each statement sees what is committed by then, and costs one round trip.

        Raises Unavailable as `begin` does.
        """
        with _outages_named():
            async with self._readers() as session:
                yield session

    async def close(self) -> None:
        await self._engine.dispose()


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise Unavailable("The database does not answer", "数据库无响应") from error
        raise


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
