"""The feed of all public changes: each once, in an order that never changes, to be read on from any place."""

import asyncio
from collections.abc import Callable

from catalog.history import repository
from common.database import Database
from common.errors import Expired
from common.lines import Together
from common.pagination import decode_position
from common.rawjson import Stored

POLL_S = 0.5
"""How often those who wait look for something new; all who look at once cost one read."""


class Feed:
    """One per process."""

    def __init__(self, database: Database, is_stopping: Callable[[], bool]) -> None:
        self._database, self._is_stopping = database, is_stopping
        self._heads: Together[None, repository.Head] = Together(database.lines, repository.head)

    async def read(self, after: str | None, limit: int, *, wait_s: float) -> list[Stored]:
        """Up to `limit + 1` changes after a cursor; waits for the first of them, holding no connection.

        Raises Expired for a cursor of a place that this database does not have: it was restored to an earlier state.
        """
        position = await self._position(after)
        rows = await self._rows(position, limit)
        try:
            async with asyncio.timeout(wait_s):
                while not rows and wait_s and not self._is_stopping():
                    await asyncio.sleep(POLL_S)
                    rows = await self._rows(position, limit)
        except TimeoutError:
            pass
        return rows

    async def _position(self, after: str | None) -> int:
        if after is None:
            return 0
        position, change_id = decode_position(after, "after")
        async with self._database.reading() as session:
            found = await repository.at(session, position)
        if found != change_id:
            raise Expired(
                "The feed has no such place, as after a restored backup; read it again from its beginning",
                "变更流中没有该位置（可能已从备份恢复），请从头重新读取",
            )
        return position

    async def _rows(self, position: int, limit: int) -> list[Stored]:
        head = await self._heads.get(None)
        if head is not None and head.is_unplaced:
            async with self._database.begin() as session:
                await repository.place(session)
        elif head is None or head.position <= position:
            return []
        async with self._database.reading() as session:
            return await repository.after(session, position, limit)
