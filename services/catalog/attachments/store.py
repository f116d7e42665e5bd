"""Where the content of attachments is kept: in large objects of the database, or in a folder."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments import repository
from common.database import Database
from common.errors import Unavailable

CHUNK = 256 * 1024
SHA256_DIGITS = 64


class Store(Protocol):
    async def keep(self, session: AsyncSession, content: BinaryIO, sha256: str) -> str:
        """Store what a file holds, from its beginning; returns the place. It is there when the transaction commits."""
        ...

    def read(self, database: Database, place: str, size_bytes: int) -> AsyncIterator[bytes]:
        """The content in pieces of CHUNK bytes; no transaction and no connection waits for who takes them."""
        ...

    async def drop(self, session: AsyncSession, place: str) -> None:
        """Forget the content, if no other file has it there."""
        ...


class DatabaseStore:
    """Large objects: every copy of the database has them, and a transaction that is rolled back leaves none."""

    async def keep(self, session: AsyncSession, content: BinaryIO, sha256: str) -> str:
        number, offset = await repository.make_object(session), 0
        content.seek(0)
        while chunk := await asyncio.to_thread(content.read, CHUNK):
            await repository.write_object(session, number, offset, chunk)
            offset += len(chunk)
        return str(number)

    async def read(self, database: Database, place: str, size_bytes: int) -> AsyncIterator[bytes]:
        for offset in range(0, size_bytes, CHUNK):
            async with database.reading() as session:
                chunk = await repository.read_object(session, int(place), offset, CHUNK)
            yield chunk

    async def drop(self, session: AsyncSession, place: str) -> None:
        await repository.drop_object(session, int(place))


class FolderStore:
    """Files named by their SHA-256, so the same content is kept once; whoever copies the folder at any moment has whole
    files. One that a crash left without a row is overwritten by the same content, and harms nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, session: AsyncSession, content: BinaryIO, sha256: str) -> str:
        await asyncio.to_thread(self._write, content, sha256)
        return sha256

    def _write(self, content: BinaryIO, sha256: str) -> None:
        target = self._path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f"{uuid4()}.unfinished")
        content.seek(0)
        with unfinished.open("wb") as file:
            while chunk := content.read(CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)

    async def read(self, database: Database, place: str, size_bytes: int) -> AsyncIterator[bytes]:
        with self._path(place).open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

    async def drop(self, session: AsyncSession, place: str) -> None:
        """The file stays: another demand may be given the same content at this moment."""

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


class Stores:
    """Keeps new files in the folder where there is one, else in the database; reads and drops each where it is. A place
    says by its form where that is: the number of a large object, or a SHA-256 in hexadecimal digits."""

    def __init__(self, folder: Path | None) -> None:
        self._database = DatabaseStore()
        self._folder = FolderStore(folder) if folder else None

    async def keep(self, session: AsyncSession, content: BinaryIO, sha256: str) -> str:
        return await (self._folder or self._database).keep(session, content, sha256)

    def read(self, database: Database, place: str, size_bytes: int) -> AsyncIterator[bytes]:
        return self._of(place).read(database, place, size_bytes)

    async def drop(self, session: AsyncSession, place: str) -> None:
        await self._of(place).drop(session, place)

    def _of(self, place: str) -> Store:
        """Raises Unavailable for a file in a folder that this process was not told of."""
        if len(place) != SHA256_DIGITS:
            return self._database
        if self._folder is None:
            raise Unavailable(
                "The file is in a folder that this server is not told of (CATALOG_ATTACHMENTS_FOLDER)",
                "该附件存于文件夹中，但服务未配置 CATALOG_ATTACHMENTS_FOLDER",
            )
        return self._folder
