"""Reads what several requests want at once in one statement, on a few connections kept for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from typing import Any, Generic, Protocol, TypeVar, cast

from asyncpg import InterfaceError, InternalClientError
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.errors import Unavailable
from common.outages import outages_named

Key = TypeVar("Key")
Found = TypeVar("Found")
_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]


class Line(Protocol):
    """The driver's own connection: a statement through it costs a fifth of one through the toolkit above it."""

    async def fetch(self, query: str, *arguments: Any) -> Sequence[Mapping[str, Any]]: ...

    def is_closed(self) -> bool: ...


class Statement:
    """A query written out once. Equal to itself alone, so requests for the same one can be told by it."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        compiled = query.compile(dialect=_DIALECT)
        self._sql, self._values = str(compiled), compiled.params
        self._names: Sequence[str] = getattr(compiled, "positiontup", None) or ()

    async def rows(self, line: Line, **given: object) -> Sequence[Mapping[str, Any]]:
        """given  the values of its `bindparam`s, by name"""
        values = {**self._values, **given}
        return await line.fetch(self._sql, *(values[name] for name in self._names))


class Lines:
    """At most `count` connections of an engine, opened when first needed and kept; each serves one reader at a time."""

    def __init__(self, engine: AsyncEngine, *, count: int, limit_s: float) -> None:
        """limit_s  the longest that a reader waits for one"""
        self._engine, self._limit_s, self._count = engine, limit_s, count
        self._idle: list[tuple[AsyncConnection, Line]] = []
        self._is_closing = asyncio.Event()
        self._places: tuple[asyncio.Semaphore, ...] = (asyncio.Semaphore(count),)

    def share(self, count: int) -> "Lines":
        """The same connections, of which who reads through the share has at most `count` at a time."""
        part = copy(self)
        part._places = (asyncio.Semaphore(count), *self._places)
        return part

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Line]:
        """A connection outside any transaction. Raises Unavailable when none is free in time.

        One that has failed, or whose statement was cut short, is not used again.
        """
        taken: list[asyncio.Semaphore] = []
        try:
            await self._take_places(taken)
            with outages_named():
                connection, line = await self._kept() or await self._opened()
                async with _dropped_when_it_fails(connection, line):
                    yield line
                if self._is_closing.is_set():
                    await _drop(connection)
                else:
                    self._idle.append((connection, line))
        finally:
            for places in taken:
                places.release()

    async def _take_places(self, taken: list[asyncio.Semaphore]) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                for places in self._places:
                    await places.acquire()
                    taken.append(places)
        except TimeoutError:
            raise Unavailable("The database does not answer", "数据库无响应") from None

    async def _kept(self) -> tuple[AsyncConnection, Line] | None:
        while self._idle:
            connection, line = self._idle.pop()
            if not line.is_closed():
                return connection, line
            await _drop(connection)
        return None

    async def _opened(self) -> tuple[AsyncConnection, Line]:
        connection = await self._engine.connect()
        return connection, cast(Line, (await connection.get_raw_connection()).driver_connection)

    async def close(self) -> None:
        """Wait for those in use, as long as a reader waits, and give the others back: none is left open, not even one
        that a request given up is still reading through."""
        if self._is_closing.is_set():
            return
        self._is_closing.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limit_s):
                for _ in range(self._count):
                    await self._places[-1].acquire()
        while self._idle:
            connection, _ = self._idle.pop()
            await connection.close()


@asynccontextmanager
async def _dropped_when_it_fails(connection: AsyncConnection, line: Line) -> AsyncIterator[None]:
    """The driver tells that a connection was cut by the errors that it has for misuse, and for itself, too."""
    try:
        yield
    except BaseException as error:
        is_cut = isinstance(error, InternalClientError) or (isinstance(error, InterfaceError) and line.is_closed())
        await _drop(connection)
        if is_cut:
            raise ConnectionResetError("the connection was closed in use") from error
        raise


async def _drop(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()


class _SharedRead(Generic[Key, Found]):
    """What is to be read at once, and who waits for it."""

    def __init__(self) -> None:
        self.keys: dict[Key, None] = {}
        self._waiting: list[tuple[Key, asyncio.Future[Found | None]]] = []

    def join(self, key: Key) -> "asyncio.Future[Found | None]":
        answer: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self.keys[key] = None
        self._waiting.append((key, answer))
        return answer

    def answer(self, found: Mapping[Key, Found]) -> None:
        for key, answer in self._waiting:
            if not answer.done():  # given up by who asked
                answer.set_result(found.get(key))

    def fail(self, error: BaseException) -> None:
        for _, answer in self._waiting:
            if not answer.done():
                answer.cancel() if isinstance(error, asyncio.CancelledError) else answer.set_exception(error)


class Together(Generic[Key, Found]):
    """Answers requests for the same kind of thing that wait at the same moment with one read.

    Every answer is read after its request came, so nobody gets anything older than with a read of their own.
    """

    def __init__(self, lines: Lines, read: Callable[[Line, Sequence[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        """
        lines  the fewer they are, the more requests share a read
        read   what is there of the keys, each given once; a key that it leaves out has nothing
        """
        self._lines, self._read = lines, read
        self._next: _SharedRead[Key, Found] | None = None
        self._reads: set[asyncio.Task[None]] = set()

    async def get(self, key: Key) -> Found | None:
        """Raises what the read raises, and Unavailable as `Lines.one` does."""
        if self._next is None:
            self._next = _SharedRead()
            reading = asyncio.create_task(self._read_all(self._next))
            self._reads.add(reading)
            reading.add_done_callback(self._reads.discard)
        return await self._next.join(key)

    async def _read_all(self, batch: _SharedRead[Key, Found]) -> None:
        try:
            async with self._lines.one() as line:
                # Only now is it settled who is answered: those who come from here on see a later state.
                self._next = None
                batch.answer(await self._read(line, list(batch.keys)))
        except BaseException as error:
            batch.fail(error)
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            if self._next is batch:
                self._next = None
